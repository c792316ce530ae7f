package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// A draft is a file being read. Each of its statements is tried on its own, so
// that one mistake does not hide another.
type draft struct {
	source
	data     []byte
	parser   unstable.Parser
	header   statement       // of the table that is in force
	skip     bool            // the header is a mistake: its keys mean nothing
	counts   map[string]int  // entries so far of each array of tables
	at, line int             // an offset in data and its line
	good     bytes.Buffer    // the statements without a mistake
	unread   map[string]bool // keys whose value could not be used
	problems []Problem
}

// A statement is a table header, or a key with its value.
type statement struct {
	kind  unstable.Kind
	parts []string // of the key, from the top
	key   string   // the same for a reader, "crisis[1].name.nb"
	text  string   // as TOML
}

func newDraft(name string, data []byte) *draft {
	d := &draft{data: data, line: 1, counts: map[string]int{}, unread: map[string]bool{}}
	d.source = source{name, map[string]int{}}
	d.parser.Reset(data)
	return d
}

// read takes one statement after the other. It returns false if a line is not
// TOML and it had to stop there.
func (d *draft) read() bool {
	for d.parser.NextExpression() {
		d.take(d.statement(d.parser.Expression()))
	}
	syntax, ok := errors.AsType[*unstable.ParserError](d.parser.Error())
	if !ok {
		return true
	}
	d.moveTo(d.parser.Range(syntax.Highlight))
	d.report("", "not TOML: "+syntax.Message+"; correct the line (text stands in quotes); nothing from here on was read")
	return false
}

// statement returns e, having moved to its line.
func (d *draft) statement(e *unstable.Node) statement {
	parts, span := keyOf(e)
	d.moveTo(span)
	s := statement{kind: e.Kind, parts: parts}
	switch name := string(d.parser.Raw(span)); e.Kind {
	case unstable.Table:
		s.text = "[" + name + "]"
	case unstable.ArrayTable:
		s.text = "[[" + name + "]]"
		d.counts[strings.Join(parts, ".")]++
	default:
		s.text = string(d.parser.Raw(e.Raw))
		s.parts = append(d.header.parts[:len(d.header.parts):len(d.header.parts)], parts...)
	}
	s.key = d.show(s.parts)
	return s
}

// keyOf returns the parts of e's key and where it stands.
func keyOf(e *unstable.Node) (parts []string, span unstable.Range) {
	for k := e.Key(); k.Next(); {
		raw := k.Node().Raw
		if len(parts) == 0 {
			span = raw
		}
		span.Length = raw.Offset + raw.Length - span.Offset
		parts = append(parts, string(k.Node().Data))
	}
	return parts, span
}

// take keeps s if there is nothing wrong with it.
func (d *draft) take(s statement) {
	header := s.kind != unstable.KeyValue
	if d.skip && !header {
		return
	}
	ok := d.fits(s) && d.decodes(s)
	if ok {
		d.good.WriteString(s.text + "\n")
	}
	if header {
		d.header, d.skip = s, !ok
	}
}

// fits reports whether s may stand where it does, and what is wrong if not.
func (d *draft) fits(s statement) bool {
	t, known := field(s.parts)
	first, again := d.lines[s.key]
	switch {
	case !known:
		d.report(s.key, unknown)
	case again:
		d.report(s.key, fmt.Sprintf("already on line %d; remove one of them", first))
	case s.kind == unstable.Table && arrays[t] != "":
		d.report(s.key, "in single brackets; write "+wants(t))
	default:
		d.lines[s.key] = d.line
		return true
	}
	return false
}

// decodes reports whether the value of s has the right type, and what is
// wrong if not.
func (d *draft) decodes(s statement) bool {
	document := s.text
	if s.kind == unstable.KeyValue {
		document = d.header.text + "\n" + s.text
	}
	err := decode([]byte(document), &Config{Crisis: make([]Crisis, 1), Policy: Policy{Change: make([]Change, 1)}})
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		for _, e := range strict.Errors {
			inner := e.Key() // not always from the top
			d.report(s.key+"."+word(inner[len(inner)-1]), unknown)
		}
	} else if err != nil {
		t, _ := field(s.parts)
		d.report(s.key, "not what belongs here; write "+wants(t))
	}
	d.unread[s.key] = err != nil
	return err == nil
}

func decode(document []byte, c *Config) error {
	return toml.NewDecoder(bytes.NewReader(document)).DisallowUnknownFields().Decode(c)
}

// moveTo makes the line of span the current one. Spans come in order.
func (d *draft) moveTo(span unstable.Range) {
	offset := max(d.at, int(span.Offset))
	d.line += bytes.Count(d.data[d.at:offset], []byte("\n"))
	d.at = offset
}

// report adds a mistake on the current line.
func (d *draft) report(key, text string) {
	where := fmt.Sprintf("%s:%d", d.name, d.line)
	d.problems = append(d.problems, Problem{Key: key, Line: where, Text: text, Fatal: true})
}
