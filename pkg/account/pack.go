package account

import (
	"encoding/json"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/vault"
	"selvhjelp/store/packed"
)

// formatPacked is the first byte of what rests under a lookup key. Older records
// are JSON, which begins with a brace, and stay as they are.
const formatPacked = 2

// codeRoom is the least room of either kind, in bytes, so that nothing tells
// which of them it is.
const codeRoom = 112

// MarshalBinary is the form in which a code rests: every request of a user reads
// one.
func (rec *record) MarshalBinary() ([]byte, error) {
	w := packed.NewWriter(formatPacked)
	w.Flag(rec.Account != nil)
	if rec.Account != nil {
		w.Part(codeRoom, rec.Account.pack)
	} else {
		w.Part(codeRoom, rec.Issued.pack)
	}
	return w.Record(), nil
}

// UnmarshalBinary reads what MarshalBinary or, before there was one,
// encoding/json has made.
func (rec *record) UnmarshalBinary(raw []byte) error {
	if len(raw) == 0 || raw[0] != formatPacked {
		type plain record // without this method
		return json.Unmarshal(raw, (*plain)(rec))
	}
	r := packed.NewReader(raw[1:])
	if r.Flag() {
		rec.Account = &account{}
		r.Part(rec.Account.unpack)
	} else {
		rec.Issued = &issued{}
		r.Part(rec.Issued.unpack)
	}
	if rec.Account != nil && len(rec.Account.ID) != len(vault.ID{}) || rec.Issued != nil && rec.Issued.Open == nil {
		return packed.ErrDamaged
	}
	return r.Err()
}

func (i *issued) pack(w *packed.Writer) {
	w.Bytes(i.Business)
	w.Bytes(i.Open)
	w.Bytes(i.Reference)
	w.Number(int(i.UseBy))
}

func (i *issued) unpack(r *packed.Reader) {
	i.Business, i.Open, i.Reference = r.Bytes(), r.Bytes(), r.Bytes()
	i.UseBy = deadline.Day(r.Number())
}

func (a *account) pack(w *packed.Writer) {
	w.Bytes(a.ID)
	w.Number(a.Generation)
	w.Bytes(a.Master.Salt)
	w.Bytes(a.Master.Key)
}

func (a *account) unpack(r *packed.Reader) {
	a.ID, a.Generation = r.Bytes(), r.Number()
	a.Master = vault.Wrapped{Salt: r.Bytes(), Key: r.Bytes()}
}
