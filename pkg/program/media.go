package program

import (
	"path"
	"slices"

	"selvhjelp/pkg/strict"
)

// mediaTypes are the ends of names of files that may lie beside a programme.
var mediaTypes = []string{".webp", ".png", ".jpg", ".opus", ".mp3"}

// media reads pictures and sounds, and faults those that are not there or too
// large.
func (f *folder) media(parts []Part, rs []*reader) {
	for i, part := range parts {
		for _, page := range part.Pages {
			for _, b := range page.Blocks {
				if b.Media != nil {
					f.medium(b, rs[i])
				}
			}
		}
	}
}

func (f *folder) medium(b Block, r *reader) {
	name := b.Media.File
	if path.Base(name) != name || !slices.Contains(mediaTypes, path.Ext(name)) {
		r.At(b.line, "file is not the name of a picture or sound in this folder; write one that ends in .webp, .png, .jpg, .opus or .mp3")
		return
	}
	data, err := strict.Contents(f.FS, path.Join(f.Dir, name), maxMedia)
	if err != nil || len(data) > maxMedia {
		r.At(b.line, "the file %.60q is not there or larger than %d MiB; put it beside the programme", name, maxMedia>>20)
		return
	}
	if f.p.Media == nil {
		f.p.Media = map[string][]byte{}
	}
	f.p.Media[name] = data
}
