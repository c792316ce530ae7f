package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"mime"
	"path"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// statics are the files of the static folder, each under a name that holds a
// hash of its content, so that browsers may keep them for ever.
type statics struct {
	raw   map[string][]byte // file name -> content
	urls  map[string]string // file name -> address
	files map[string][]byte // address -> content
}

// imported is a module that a script names beside itself.
var imported = regexp.MustCompile(`from '\./([a-z]+\.js)'`)

func loadStatics(fsys fs.FS) (statics, error) {
	raw := map[string][]byte{}
	names, err := fs.Glob(fsys, "static/*")
	if err != nil {
		return statics{}, err
	}
	for _, name := range names {
		if raw[path.Base(name)], err = fs.ReadFile(fsys, name); err != nil {
			return statics{}, err
		}
	}
	return newStatics(raw), nil
}

func newStatics(raw map[string][]byte) statics {
	st := statics{raw, map[string]string{}, map[string][]byte{}}
	for name := range raw {
		st.add(name)
	}
	return st
}

// add names a file after its content and returns its address. The addresses of
// the modules that it imports are part of the content.
func (st statics) add(name string) string {
	if url, ok := st.urls[name]; ok {
		return url
	}
	content := imported.ReplaceAllFunc(st.raw[name], func(found []byte) []byte {
		return []byte("from '" + st.add(string(imported.FindSubmatch(found)[1])) + "'")
	})
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	url := "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext
	st.urls[name], st.files[url] = url, content
	return url
}

// with are the files with another content of one of them.
func (st statics) with(name string, content []byte) statics {
	raw := maps.Clone(st.raw)
	raw[name] = content
	return newStatics(raw)
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
