package mapper

import (
	"cmp"
	"fmt"
	"reflect"
	"time"
)

// checkUnit returns an error if f would read what another field stores in another unit: a time as
// the wrong time, or a decimal number without its point. An integer and an any take the stored
// integer.
func (f *field) checkUnit(stored reflect.Type, form form) error {
	reads, typ := f.tag.form, innermost(f.typ)
	unit := cmp.Or(form.unix, time.Nanosecond)
	switch {
	case form.scale > 0 && reads.scale != form.scale && (reads.scale > 0 || !takesInteger(typ)):
		return fmt.Errorf("the bin holds decimal numbers with option scale=%d; add this option, or use an int64 for the stored integer", form.scale-1)
	case typ == timeType && innermost(stored) == timeType && cmp.Or(reads.unix, time.Nanosecond) != unit:
		return fmt.Errorf("the bin holds times in units of %v; add option %s", unit, unixOptions[unit])
	}
	return nil
}

var unixOptions = map[time.Duration]string{time.Second: "unix", time.Millisecond: "unixmilli", time.Nanosecond: "unixnano"}

// innermost returns what a pointer, sql.Null, slice, array or map contains.
func innermost(t reflect.Type) reflect.Type {
	for {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			t = t.Elem()
			continue
		}
		if !isSQLNull(t) {
			return t
		}
		t = t.Field(0).Type
	}
}

func takesInteger(t reflect.Type) bool {
	return isInteger(t) || t.Kind() == reflect.Interface || t == valueType
}
