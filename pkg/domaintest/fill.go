package domaintest

import (
	"encoding"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// KeepsEveryField fails the test when a record that is packed and read again is
// not what it was.
func KeepsEveryField[T any, P interface {
	*T
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}](t testing.TB) {
	t.Helper()
	var want, got T
	Fill(&want)
	record, err := P(&want).MarshalBinary()
	if err == nil {
		err = P(&got).UnmarshalBinary(record)
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// Fill gives every exported field of what v points to, to the last, a value that
// is not zero: what is stored and read again has to be equal, or a field was
// forgotten.
func Fill(v any) { fill(reflect.ValueOf(v).Elem()) }

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(20514)
	case reflect.Uint8:
		v.SetUint('F')
	case reflect.String:
		v.SetString("filled")
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		for _, field := range v.Fields() {
			if field.CanSet() {
				fill(field)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	default:
		panic("domaintest: no value for a " + v.Kind().String())
	}
}
