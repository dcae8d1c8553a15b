package gen

import (
	"bytes"
	"context"
	"fmt"
	"go/format"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/exec/catalog"
	"github.com/aerosql/aerosql/querylang/function"
)

// A tableStruct is the struct of a table or of a set that is not declared.
type tableStruct struct {
	name, set string
	doc       string // completes "Users is "
	fields    []tableField
	unnamed   []string // the bins that no tag can name
	taken     names
}

// A tableField is a field of a tableStruct.
type tableField struct {
	goType
	name, tag, comment string
}

// keyName is the name of the key that no column is.
const keyName = "PK"

// structOf returns the struct of a table, without its name.
func structOf(ctx context.Context, client *cluster.Client, namespace string, t *catalog.TableInfo) (*tableStruct, error) {
	s := &tableStruct{set: t.Name, taken: names{}}
	for _, method := range []string{"AerospikeSet", "AerospikeKey", "BinForms", "AppendBins", "DecodeBins"} {
		s.taken[method] = true
	}
	d := t.Table
	var sample *sample
	if !saysKeyType(d) {
		var err error
		if sample, err = readSample(ctx, client, namespace, t.Name, d != nil); err != nil {
			return nil, err
		}
	}
	if d != nil {
		return s, s.declared(d, sample)
	}
	key, err := sample.keyType()
	if err != nil {
		return nil, err
	}
	s.doc = "a record of the set " + t.Name + ", as a sample of its records shows it."
	s.add(keyName, keyName, key, true, "")
	for _, bin := range slices.Sorted(maps.Keys(sample.bins)) {
		typ, comment := sample.bins[bin].goType(sample.records)
		s.add(bin, bin, typ, false, comment)
	}
	return s, nil
}

// saysKeyType reports whether a declaration, which may be nil, says the type of the key.
func saysKeyType(d *bind.Table) bool {
	if d == nil || d.Key < 0 {
		return d != nil && len(d.KeyColumns) > 0
	}
	typ, _ := declaredKey(d.Columns[d.Key].Type)
	return typ.name != ""
}

// declared adds the fields of a declared table. The sample is of the keys, if the declaration has
// no type of the key, and otherwise nil.
func (s *tableStruct) declared(d *bind.Table, sample *sample) error {
	s.doc = "a row of the table " + d.Set + "."
	if d.Comment != "" {
		s.doc = "a row of the table " + d.Set + ": " + strings.TrimSuffix(d.Comment, ".") + "."
	}
	if d.Key < 0 {
		key, comment, err := keyOfColumns(d, sample)
		if err != nil {
			return err
		}
		s.add(keyName, keyName, key, true, comment)
	}
	for i := range d.Columns {
		c := &d.Columns[i]
		if i != d.Key {
			s.add(c.Name, c.Bin, declaredType(c.Type, c.NotNull), false, columnComment(c))
			continue
		}
		key, comment := declaredKey(c.Type)
		if key.name == "" {
			var err error
			if key, err = sample.keyType(); err != nil {
				return err
			}
		}
		s.add(c.Name, c.Name, key, true, joinComments(comment, c.Comment))
	}
	return nil
}

// keyOfColumns returns the type of the key of a table where the key is not one column.
func keyOfColumns(d *bind.Table, sample *sample) (goType, string, error) {
	text := goType{name: "string"}
	if len(d.KeyColumns) > 0 {
		var columns []string
		for _, i := range d.KeyColumns {
			columns = append(columns, d.Columns[i].Name)
		}
		return text, "COMPOSITE_KEY of " + strings.Join(columns, ", "), nil
	}
	unique := d.UniqueColumn()
	switch {
	case unique != nil && unique.Type.Family == function.Strings:
		return text, "the value of " + unique.Name + ", or a UUID if that is NULL", nil
	case unique == nil && len(sample.keys) == 0:
		return text, "a UUID", nil
	}
	key, err := sample.keyType()
	return key, "", err
}

// columnComment returns the comment of a column's field.
func columnComment(c *bind.TableColumn) string {
	if c.Bin == c.Name {
		return c.Comment
	}
	return joinComments("column "+c.Name, c.Comment)
}

// joinComments returns both texts, or the one that is not "".
func joinComments(a, b string) string {
	if a != "" && b != "" {
		a += ": "
	}
	return a + b
}

// add adds a field.
func (s *tableStruct) add(name, bin string, typ goType, key bool, comment string) {
	if key {
		typ.option = "pk"
	}
	tag, ok := tagText(bin, typ.option)
	if !ok && key { // the name of a key is only for conditions
		tag, ok = tagText(keyName, typ.option)
	}
	if !ok {
		s.unnamed = append(s.unnamed, bin)
		return
	}
	s.fields = append(s.fields, tableField{typ, s.taken.claim(goName(name)), tag, comment})
}

// looksLikeOptions reports whether the mapper takes a bin's name for a mistake in a tag.
func looksLikeOptions(bin string) bool {
	parts := strings.FieldsFunc(bin, func(r rune) bool { return r == ' ' || r == ';' })
	isOption := func(part string) bool {
		return slices.Contains([]string{"omitempty", "omitzero"}, part) || part != bin && slices.Contains([]string{"pk", "inline", "unixmilli", "unixnano"}, part)
	}
	return slices.ContainsFunc(parts, isOption)
}

// tagText returns the tag of a bin as Go source. It returns false if the mapper can't read the
// bin's name from a tag.
func tagText(bin, option string) (string, bool) {
	if bin == "" || bin == "-" || looksLikeOptions(bin) || strings.TrimSpace(bin) != bin || protocol.CheckNewName("bin", bin) != nil {
		return "", false
	}
	if option != "" {
		bin += "," + option
	}
	tag := "as:" + strconv.Quote(bin)
	if strings.ContainsRune(tag, '`') {
		return strconv.Quote(tag), true
	}
	return "`" + tag + "`", true
}

// renderTables returns the file. The tables that are left out are comments at its end.
func renderTables(pkg string, structs []*tableStruct, leftOut []error) ([]byte, error) {
	imports := map[string]bool{}
	for _, s := range structs {
		for i := range s.fields {
			if path := s.fields[i].path; path != "" {
				imports[path] = true
			}
		}
	}
	var file bytes.Buffer
	fmt.Fprintf(&file, "%s\n\npackage %s\n\n", tablesHead, pkg)
	if len(imports) > 0 {
		file.WriteString("import (\n")
		if imports["time"] {
			file.WriteString("\"time\"\n\n")
			delete(imports, "time")
		}
		for _, path := range slices.Sorted(maps.Keys(imports)) {
			fmt.Fprintf(&file, "%q\n", path)
		}
		file.WriteString(")\n\n")
	}
	for _, s := range structs {
		s.render(&file)
	}
	for _, err := range leftOut {
		fmt.Fprintf(&file, "// There is no struct for %s.\n\n", oneLine(err.Error()))
	}
	source, err := format.Source(file.Bytes())
	if err != nil {
		return nil, fmt.Errorf("the generated file: %w", err)
	}
	return source, nil
}

// render writes the struct and its method.
func (s *tableStruct) render(b *bytes.Buffer) {
	fmt.Fprintf(b, "// %s is %s\ntype %s struct {\n", s.name, oneLine(s.doc), s.name)
	for i := range s.fields {
		f := &s.fields[i]
		fmt.Fprintf(b, "%s %s %s", f.name, f.goType.name, f.tag)
		if f.comment != "" {
			b.WriteString(" // " + oneLine(f.comment))
		}
		b.WriteByte('\n')
	}
	for _, bin := range s.unnamed {
		fmt.Fprintf(b, "// The bin %q has no field, because a tag can't have its name. Replace removes the bin.\n", bin)
	}
	fmt.Fprintf(b, "}\n\n// AerospikeSet returns the set of [%s], for package mapper.\nfunc (%s) AerospikeSet() string { return %q }\n\n", s.name, s.name, s.set)
}

// oneLine returns a text for a comment of one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
