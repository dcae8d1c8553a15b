package gen

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
)

// A bin is a field of a mapped struct that is stored in a bin.
type bin struct {
	name, field string
	form        string // of mapper's BinForms
	typ         types.Type
}

// methods returns the methods that write and read the bins of a struct, or "" if the mapper would
// not use them: fields of embedded and inlined structs, and the options rest, alias and required,
// need what only the mapper knows.
func (r *renderer) methods(s mapped) string {
	bins, ok := binsOf(s.typ)
	if !ok {
		return ""
	}
	var b strings.Builder
	forms := []string{s.name}
	for _, bin := range bins {
		forms = append(forms, bin.name+":"+bin.form)
	}
	fmt.Fprintf(&b, "\n// BinForms, AppendBins and DecodeBins write and read the bins of [%s] for package mapper.\n", s.name)
	fmt.Fprintf(&b, "func (*%s) BinForms() string {\nreturn %q\n}\n", s.name, strings.Join(forms, " "))
	fmt.Fprintf(&b, "\n// AppendBins writes the bins; see BinForms.\nfunc (x *%s) AppendBins(w *mapper.BinWriter) {\n", s.name)
	for i := range bins {
		b.WriteString(bins[i].write(i))
	}
	fmt.Fprintf(&b, "}\n\n// DecodeBins reads the bins; see BinForms.\nfunc (x *%s) DecodeBins(r *mapper.BinReader) {\nfor r.Next() {\nswitch r.Name() {\n", s.name)
	for i := range bins {
		if read := bins[i].read(); read != "" {
			fmt.Fprintf(&b, "case %q:\n%s", bins[i].name, read)
		}
	}
	b.WriteString("default:\nr.Other()\n}\n}\n}\n")
	return b.String()
}

// binsOf returns the bins in the order of the fields. It returns false if the mapper would not use
// methods for the struct.
func binsOf(s *types.Struct) ([]bin, bool) {
	var bins []bin
	for i := range s.NumFields() {
		f, st := s.Field(i), reflect.StructTag(s.Tag(i))
		name, options, _ := strings.Cut(st.Get("as"), ",")
		name = strings.TrimSpace(name)
		t := tagOf(s.Tag(i))
		if flattened(f, t) != nil {
			return nil, false
		}
		if name == "-" || t.meta != "" || !f.Exported() {
			continue
		}
		b := bin{name: name, field: f.Name(), typ: f.Type(), form: formOf(f.Type())}
		if name == "" {
			b.name = f.Name()
		}
		key := false
		for option := range strings.SplitSeq(options, ",") {
			switch option, _, _ = strings.Cut(strings.TrimSpace(option), "="); option {
			case "", "index":
			case "pk":
				key = true
			case "rest", "alias", "required", "inline":
				return nil, false
			case "blob":
				if _, isArray := f.Type().Underlying().(*types.Array); isArray && b.form == "field" && isBytes(f.Type()) {
					b.form = "array"
				} else if b.form != "bytes" {
					b.form = "field"
				}
			default:
				b.form = "field"
			}
		}
		if !key {
			bins = append(bins, b)
		}
	}
	return bins, len(bins) > 0
}

// isBytes reports whether a type is a slice or an array of bytes without methods that store it in
// another form.
func isBytes(t types.Type) bool {
	var elem types.Type
	switch u := t.Underlying().(type) {
	case *types.Slice:
		elem = u.Elem()
	case *types.Array:
		elem = u.Elem()
	default:
		return false
	}
	basic, ok := elem.Underlying().(*types.Basic)
	return ok && basic.Kind() == types.Byte && !hasMethod(t, "MarshalBin") && !hasMethod(t, "Scan")
}

// formOf returns the form of a type without options.
func formOf(t types.Type) string {
	if isBytes(t) {
		if _, isSlice := t.Underlying().(*types.Slice); isSlice {
			return "bytes"
		}
		return "field"
	}
	basic, ok := t.Underlying().(*types.Basic)
	if !ok || isOpaque(t) || hasMethod(t, "MarshalBin") || hasMethod(t, "Scan") {
		return "field"
	}
	switch info := basic.Info(); {
	case info&types.IsUnsigned != 0 && basic.Kind() != types.Uintptr:
		return "uint"
	case info&types.IsInteger != 0 && basic.Kind() != types.Uintptr:
		return "int"
	case info&types.IsFloat != 0:
		return "float"
	case info&types.IsString != 0:
		return "string"
	case info&types.IsBoolean != 0:
		return "bool"
	}
	return "field"
}

// write returns the statement that writes the bin, which is field number i.
func (b *bin) write(i int) string {
	x := "x." + b.field
	method, value := "", ""
	switch b.form {
	case "int":
		method, value = "Int", "int64("+x+")"
	case "uint":
		method, value = "Uint", "uint64("+x+")"
	case "float":
		method, value = "Float", "float64("+x+")"
	case "bool":
		method, value = "Bool", "bool("+x+")"
	case "string":
		method, value = "String", "string("+x+")"
	case "bytes":
		method, value = "Bytes", x
	case "array":
		method, value = "Bytes", x+"[:]"
	default:
		return fmt.Sprintf("w.Field(%d) // %s\n", i, b.field)
	}
	if n, isBasic := b.typ.(*types.Basic); isBasic && strings.HasPrefix(value, n.Name()+"(") {
		value = x // the conversion does nothing
	}
	return fmt.Sprintf("w.%s(%q, %s)\n", method, b.name, value)
}

// read returns the statement that reads the bin, or "" if the mapper decodes it.
func (b *bin) read() string {
	switch b.form {
	case "int", "uint":
		return fmt.Sprintf("mapper.ReadInt(r, &x.%s)\n", b.field)
	case "float":
		if b.typ.Underlying().(*types.Basic).Kind() == types.Float64 {
			return fmt.Sprintf("mapper.ReadFloat(r, &x.%s)\n", b.field)
		}
	case "bool":
		return fmt.Sprintf("mapper.ReadBool(r, &x.%s)\n", b.field)
	case "string":
		return fmt.Sprintf("mapper.ReadString(r, &x.%s)\n", b.field)
	case "bytes":
		return fmt.Sprintf("mapper.ReadBytes(r, &x.%s)\n", b.field)
	case "array":
		return fmt.Sprintf("mapper.ReadArray(r, x.%s[:])\n", b.field)
	}
	return ""
}
