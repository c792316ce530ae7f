package audit

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// String is "count:hash", to be kept outside and compared later.
func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Count, hex.EncodeToString(h.Hash)) }

// ParseHead reads what String has written.
func ParseHead(s string) (Head, error) {
	count, hash, found := strings.Cut(s, ":")
	n, err := strconv.Atoi(count)
	raw, err2 := hex.DecodeString(hash)
	if !found || errors.Join(err, err2) != nil || n < 0 || (n == 0) != (len(raw) == 0) || len(raw)%32 != 0 {
		return Head{}, errors.New("audit: not the head of a log")
	}
	return Head{n, raw}, nil
}
