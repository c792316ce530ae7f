package journey

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// module imports one of the scripts that the page has loaded, by its plain name.
const module = `(name => import(performance.getEntriesByType("resource").map(r => r.name).find(at => at.includes("/static/" + name + "."))))`

// vectors runs one vector of RFC 9474, appendix A, through the module: the
// blinded value, the signature, and whether a flipped bit is refused.
const vectors = `(async () => {
	const b = await ` + module + `("blind");
	const hex = text => Uint8Array.from((text.replace(/^0x/, "").match(/../g) ?? []), pair => parseInt(pair, 16));
	const v = %VECTOR%;
	const key = await b.openKey({ n: b.toBase64(hex(v.n)), e: b.toBase64(hex(v.e)) });
	const message = hex(v.input_msg); // prepared
	const [salt, r] = [hex(v.salt), b.inverse(b.toInt(hex(v.inv)), key.n)];
	const bad = hex(v.blind_sig);
	bad[100] ^= 1;
	return [
		b.toHex(await b.blind(key, message, salt, r)),
		b.toHex(await b.unblind(key, message, salt.length, r, hex(v.blind_sig))),
		await b.unblind(key, message, salt.length, r, bad).then(() => "taken", () => "refused"),
	];
})()`

func TestTheModulePassesTheVectorsOfRFC9474(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../token/testdata/rfc9474.json")
	must(t, err)
	var file struct{ Vectors []map[string]any }
	must(t, json.Unmarshal(raw, &file))
	if len(file.Vectors) != 4 {
		t.Fatalf("%d vectors", len(file.Vectors))
	}
	b := newBuyer(t, market(t))
	b.p.Open("/buy")
	b.at("choose")
	for _, v := range file.Vectors {
		one, err := json.Marshal(v)
		must(t, err)
		var got []string
		b.p.Eval(strings.ReplaceAll(vectors, "%VECTOR%", string(one)), &got)
		for i, want := range []any{v["blinded_msg"], v["sig"], "refused"} {
			if got[i] != strings.TrimPrefix(want.(string), "0x") {
				t.Errorf("%s: step %d is another", v["name"], i)
			}
		}
	}
}
