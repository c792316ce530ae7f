package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// statics are the files of the static folder, each under a name that holds a
// hash of its content, so that browsers may keep them for ever.
type statics struct {
	urls  map[string]string // file name -> address
	files map[string][]byte // address -> content
}

func loadStatics(fsys fs.FS) (statics, error) {
	out := statics{map[string]string{}, map[string][]byte{}}
	names, err := fs.Glob(fsys, "static/*")
	if err != nil {
		return out, err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return out, err
		}
		sum := sha256.Sum256(raw)
		base, ext := path.Base(name), path.Ext(name)
		url := "/static/" + strings.TrimSuffix(base, ext) + "." + hex.EncodeToString(sum[:8]) + ext
		out.urls[base] = url
		out.files[url] = raw
	}
	return out, nil
}

func (st statics) url(name string) string { return st.urls[name] }

// serve answers for a static file.
func (st statics) serve(c *fiber.Ctx) error {
	raw, ok := st.files[c.Path()]
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, mime.TypeByExtension(path.Ext(c.Path())))
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Send(raw)
}
