package config

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pelletier/go-toml/v2"
)

// maxFile is how long a configuration file may be, in bytes.
const maxFile = 64 << 10

// Load reads the file at path as Parse does.
func Load(path string) (Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	return Parse(path, data)
}

// Parse reads data, the content of the file called name. Its error joins the
// fatal problems, one for each mistake; then the Config is empty. Warnings are
// no error: ask Check for them.
func Parse(name string, data []byte) (Config, error) {
	if len(data) > maxFile {
		return Config{}, Problem{Line: name, Text: "longer than 64 KiB; name a configuration file", Fatal: true}
	}
	d := newDraft(name, data)
	whole := d.read()
	c := d.config()
	if whole {
		d.check(c)
	}
	if err := fatal(d.problems); err != nil {
		return Config{}, err
	}
	return c, nil
}

// config returns the statements that could be taken, over the defaults.
func (d *draft) config() Config {
	c := Default()
	c.source = d.source
	if err := decode(d.good.Bytes(), &c); err != nil {
		key := ""
		if e, ok := errors.AsType[*toml.DecodeError](err); ok {
			key = d.show(e.Key())
		}
		d.problems = append(d.problems, Problem{key, d.where(key), "set in two ways; keep one of them", true})
	}
	return c
}

// check adds the problems of c, but not a second one for a key that could not
// even be read.
func (d *draft) check(c Config) {
	for _, p := range c.Check() {
		if !d.without(p.Key) {
			d.problems = append(d.problems, p)
		}
	}
}

// without reports whether key, or a table around it, could not be used.
func (d *draft) without(key string) bool {
	for key := range outward(key) {
		if d.unread[key] {
			return true
		}
	}
	return false
}

func fatal(problems []Problem) error {
	var errs []error
	for _, p := range problems {
		if p.Fatal {
			errs = append(errs, p)
		}
	}
	return errors.Join(errs...)
}
