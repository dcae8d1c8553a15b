package gen

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
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
	fmt.Fprintf(&b, "\n// AppendBins writes the bins; see BinForms.\nfunc (x *%s) AppendBins(w mapper.BinWriter) error {\n", s.name)
	for i := range bins {
		b.WriteString(bins[i].write(i))
	}
	fmt.Fprintf(&b, "return w.End()\n}\n\n// DecodeBins reads the bins; see BinForms.\nfunc (x *%s) DecodeBins(r mapper.BinReader) error {\n", s.name)
	for i := range bins {
		b.WriteString(bins[i].read(i))
	}
	b.WriteString("return r.End()\n}\n")
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
	particle, size := protocol.ParticleInteger, 8
	switch b.form {
	case "int":
		method, value = "Int", "int64("+x+")"
	case "uint":
		method, value = "Uint", "uint64("+x+")"
	case "float":
		method, value, particle = "Float", "float64("+x+")", protocol.ParticleFloat
	case "bool":
		method, value = "Bool", "bool("+x+")"
	case "string":
		method, value, particle, size = "String", "string("+x+")", protocol.ParticleString, 0
	case "bytes":
		method, value, particle, size = "Bytes", x, protocol.ParticleBlob, 0
	case "array":
		method, value, particle, size = "Bytes", x+"[:]", protocol.ParticleBlob, 0
	default:
		return fmt.Sprintf("w = w.Field(%d) // %s\n", i, b.field)
	}
	if n, isBasic := b.typ.(*types.Basic); isBasic && strings.HasPrefix(value, n.Name()+"(") {
		value = x // the conversion does nothing
	}
	head := ""
	if b.form != "bool" { // the writer knows the form of a bool
		head = fmt.Sprintf("%q+", strings.TrimSuffix(wire.OpHead(b.name, particle, size), b.name))
	}
	return fmt.Sprintf("w = w.%s(%s%q, %s)\n", method, head, b.name, value)
}

// read returns the statement that reads the bin, which is field number i.
func (b *bin) read(i int) string {
	function := ""
	switch b.form {
	case "int", "uint":
		function = "ReadInt"
	case "float":
		if b.typ.Underlying().(*types.Basic).Kind() == types.Float64 {
			function = "ReadFloat"
		}
	case "bool":
		function = "ReadBool"
	case "string":
		function = "ReadString"
	case "bytes":
		function = "ReadBytes"
	case "array":
		return fmt.Sprintf("mapper.ReadArray(&r, %d, x.%s[:])\n", i, b.field)
	}
	if function == "" {
		return fmt.Sprintf("r.Field(%d) // %s\n", i, b.field)
	}
	return fmt.Sprintf("mapper.%s(&r, %d, &x.%s)\n", function, i, b.field)
}
