package render

import (
	"cmp"
	"fmt"
	"reflect"
	"time"
)

// call is what a function, or a method given its receiver first, yields for its
// arguments.
func call(name string, fn expr, t reflect.Type, args []expr) expr {
	if t.NumOut() != 1 || len(args) < t.NumIn()-extra(t) || len(args) > t.NumIn() && !t.IsVariadic() {
		failf("%s: %d arguments for %s", name, len(args), t)
	}
	for i := range args {
		args[i] = fitted(name, args[i], param(t, i))
	}
	if text := quickText(fn, args); text != nil {
		result := derived(t.Out(0), func(f *frame) reflect.Value { return reflect.ValueOf(text(f)) }, append(args, fn)...)
		result.text = text
		return result
	}
	eval := quick(fn, args)
	if eval == nil {
		eval = func(f *frame) reflect.Value {
			in := make([]reflect.Value, len(args))
			for i, a := range args {
				in[i] = a.eval(f)
			}
			return fn.eval(f).Call(in)[0]
		}
	}
	return derived(t.Out(0), eval, append(args, fn)...)
}

// extra is 1 for a function that takes any number of last arguments.
func extra(t reflect.Type) int {
	if t.IsVariadic() {
		return 1
	}
	return 0
}

func param(t reflect.Type, i int) reflect.Type {
	if last := t.NumIn() - 1; t.IsVariadic() && i >= last {
		return t.In(last).Elem()
	}
	return t.In(i)
}

// fitted is an argument as its parameter takes it.
func fitted(name string, e expr, to reflect.Type) expr {
	switch {
	case e.any:
		failf("%s is given a value of no one type", name)
	case e.typ.AssignableTo(to):
		return e
	case e.fixed && e.typ == reflect.TypeFor[int]() && to.Kind() >= reflect.Int && to.Kind() <= reflect.Float64:
		return literal(e.value().Convert(to))
	}
	failf("%s is given %s instead of %s", name, e.typ, to)
	return e
}

// Text is a function of one argument that makes a text. Among the Values of Known it
// stands for the function, and is called without reflection.
type Text struct {
	typ  reflect.Type
	text func(reflect.Value) string
}

// TextOf makes a Text of a function.
func TextOf[A any](fn func(A) string) Text {
	return Text{reflect.TypeFor[func(A) string](), func(v reflect.Value) string {
		a, _ := reflect.TypeAssert[A](v)
		return fn(a)
	}}
}

// quickText calls functions of the usual kinds that make a text, without reflection.
func quickText(fn expr, args []expr) func(*frame) string {
	switch do := fn.value().Interface().(type) {
	case Text:
		return func(f *frame) string { return do.text(args[0].eval(f)) }
	case func(string, ...any) string:
		return func(f *frame) string {
			rest := make([]any, len(args)-1)
			for i, a := range args[1:] {
				if a.text != nil {
					rest[i] = a.text(f)
				} else {
					rest[i] = a.eval(f).Interface()
				}
			}
			return do(args[0].eval(f).String(), rest...)
		}
	case func(time.Time) string:
		at := timeOf(args[0])
		return func(f *frame) string { return do(at(f)) }
	}
	return nil
}

// quick calls other functions of the usual kinds without reflection.
func quick(fn expr, args []expr) func(*frame) reflect.Value {
	switch do := fn.value().Interface().(type) {
	case func(time.Time) bool:
		at := timeOf(args[0])
		return func(f *frame) reflect.Value { return reflect.ValueOf(do(at(f))) }
	case func(time.Time) int64:
		at := timeOf(args[0])
		return func(f *frame) reflect.Value { return reflect.ValueOf(do(at(f))) }
	}
	return nil
}

func timeOf(e expr) func(*frame) time.Time {
	return func(f *frame) time.Time {
		t, _ := reflect.TypeAssert[time.Time](e.eval(f))
		return t
	}
}

// function is one that templates may call: the usual ones and those of Known.
func (c *compiler) function(name string, args []expr) expr {
	for _, e := range args {
		if e.any && name != "and" && name != "or" && name != "not" {
			failf("%s is given a value of no one type", name)
		}
	}
	if fn, ok := c.known.Funcs[name]; ok {
		v := reflect.ValueOf(fn)
		return call(name, literal(v), v.Type(), args)
	}
	fn, ok := functions[name]
	if !ok {
		failf("there is no function %s", name)
	}
	if len(args) < fn.least || fn.most > 0 && len(args) > fn.most {
		failf("%s: %d arguments", name, len(args))
	}
	return fn.expr(args)
}

// functions are those of text/template that are used here, with the number of
// their arguments; most is 0 for any number.
var functions = map[string]struct {
	least, most int
	expr        func(args []expr) expr
}{
	"not": {1, 1, func(args []expr) expr {
		t := truth(args[0])
		return decides(func(f *frame) bool { return !t(f) }, args)
	}},
	"and":   {1, 0, func(args []expr) expr { return either(args, false) }},
	"or":    {1, 0, func(args []expr) expr { return either(args, true) }},
	"eq":    {2, 2, func(args []expr) expr { return compared(args, func(sign int) bool { return sign == 0 }) }},
	"ne":    {2, 2, func(args []expr) expr { return compared(args, func(sign int) bool { return sign != 0 }) }},
	"lt":    {2, 2, func(args []expr) expr { return compared(args, func(sign int) bool { return sign < 0 }) }},
	"le":    {2, 2, func(args []expr) expr { return compared(args, func(sign int) bool { return sign <= 0 }) }},
	"gt":    {2, 2, func(args []expr) expr { return compared(args, func(sign int) bool { return sign > 0 }) }},
	"ge":    {2, 2, func(args []expr) expr { return compared(args, func(sign int) bool { return sign >= 0 }) }},
	"len":   {1, 1, length},
	"index": {2, 2, index},
	"printf": {1, 0, func(args []expr) expr {
		v := reflect.ValueOf(fmt.Sprintf)
		return call("printf", literal(v), v.Type(), args)
	}},
}

func decides(fn func(*frame) bool, from []expr) expr {
	return derived(reflect.TypeFor[bool](), func(f *frame) reflect.Value { return reflect.ValueOf(fn(f)) }, from...)
}

// either is "or" where until is true, and "and" where it is false. What it
// yields beside a condition would be one of its arguments; they may differ in
// type.
func either(args []expr, until bool) expr {
	tests := make([]func(*frame) bool, len(args))
	for i, e := range args {
		tests[i] = truth(e)
	}
	e := decides(func(f *frame) bool {
		for _, test := range tests {
			if test(f) == until {
				return until
			}
		}
		return !until
	}, args)
	e.any = true
	return e
}

// compared compares two values of one basic kind.
func compared(args []expr, holds func(sign int) bool) expr {
	a, b := args[0], args[1]
	if !a.typ.Comparable() || kindOf(a.typ) != kindOf(b.typ) {
		failf("%s and %s are not compared here", a.typ, b.typ)
	}
	switch kindOf(a.typ) {
	case reflect.String:
		return decides(func(f *frame) bool { return holds(cmp.Compare(a.eval(f).String(), b.eval(f).String())) }, args)
	case reflect.Int64:
		return decides(func(f *frame) bool { return holds(cmp.Compare(a.eval(f).Int(), b.eval(f).Int())) }, args)
	}
	failf("%s and %s are not compared here", a.typ, b.typ)
	return expr{}
}

// kindOf is String or Int64 for all kinds of texts and signed numbers.
func kindOf(t reflect.Type) reflect.Kind {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return reflect.Int64
	}
	return t.Kind()
}

func length(args []expr) expr {
	e := args[0]
	switch e.typ.Kind() {
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return derived(reflect.TypeFor[int](), func(f *frame) reflect.Value { return reflect.ValueOf(e.eval(f).Len()) }, e)
	}
	failf("%s has no length", e.typ)
	return expr{}
}

// index is an element of a slice, or of a map, where what is missing is zero.
func index(args []expr) expr {
	list, at := args[0], args[1]
	switch {
	case list.typ.Kind() == reflect.Slice && kindOf(at.typ) == reflect.Int64:
		return derived(list.typ.Elem(), func(f *frame) reflect.Value {
			v, i := list.eval(f), int(at.eval(f).Int())
			if i < 0 || i >= v.Len() {
				failf("index out of range")
			}
			return v.Index(i)
		}, args...)
	case list.typ.Kind() == reflect.Map && at.typ.AssignableTo(list.typ.Key()):
		return derived(list.typ.Elem(), func(f *frame) reflect.Value {
			if v := list.eval(f).MapIndex(at.eval(f)); v.IsValid() {
				return v
			}
			return reflect.Zero(list.typ.Elem())
		}, args...)
	}
	failf("%s has no element %s", list.typ, at.typ)
	return expr{}
}
