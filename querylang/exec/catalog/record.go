package catalog

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// The versions of the stored form. A table with a UNIQUE column has the second one, because a
// reader of the first would generate the keys of its rows, and one with a PRIMARY KEY of several
// columns has the third for the same reason; all others have the first.
const (
	firstFormat     = 1
	uniqueFormat    = 2
	compositeFormat = 3
	format          = compositeFormat // the largest one that is read
)

// The bins of a stored declaration; see the package comment.
const (
	binFormat         = "format"
	binKind           = "kind"
	binColumns        = "columns"
	binKey            = "key"
	binKeys           = "keys"
	binGenerated      = "generated"
	binUnique         = "unique"
	binChecks         = "checks"
	binRetired        = "retired"
	binQuery          = "query"
	binQueryNamespace = "query_ns"
	binComment        = "comment"
)

// The values of the bin kind.
const (
	kindTable = "table"
	kindView  = "view"
)

// The keys of the map of a column.
const (
	keyName    = "name"
	keyBin     = "bin"
	keyType    = "type"
	keyNotNull = "not_null"
	keyDefault = "default"
	keyComment = "comment"
)

// encode returns the bins of a declaration.
func (d *declaration) encode() protocol.Bins {
	kind := kindTable
	if d.view {
		kind = kindView
	}
	columns := make([]protocol.Value, len(d.columns))
	for i := range d.columns {
		columns[i] = d.columns[i].encode()
	}
	version := int64(firstFormat)
	if d.unique != "" {
		version = uniqueFormat
	}
	if len(d.keys) > 0 {
		version = compositeFormat
	}
	bins := protocol.Bins{
		{Name: binFormat, Value: protocol.Int(version)},
		{Name: binKind, Value: protocol.String(kind)},
		{Name: binColumns, Value: protocol.List(columns...)},
	}
	text := func(name, s string) {
		if s != "" {
			bins = append(bins, protocol.Bin{Name: name, Value: protocol.String(s)})
		}
	}
	list := func(name string, texts []string) {
		if len(texts) > 0 {
			bins = append(bins, protocol.NewBin(name, texts))
		}
	}
	text(binKey, d.key)
	if d.generated {
		bins = append(bins, protocol.Bin{Name: binGenerated, Value: protocol.Bool(true)})
	}
	text(binUnique, d.unique)
	list(binKeys, d.keys)
	list(binChecks, d.checks)
	list(binRetired, d.retired)
	text(binQuery, d.query)
	text(binQueryNamespace, d.queryNamespace)
	text(binComment, d.comment)
	return bins
}

// encode returns the map of a column. Its keys are sorted, as the servers keep them.
func (c *column) encode() protocol.Value {
	var pairs []protocol.Pair
	text := func(key, s string) {
		if s != "" {
			pairs = append(pairs, protocol.Pair{Key: protocol.String(key), Value: protocol.String(s)})
		}
	}
	text(keyBin, c.bin)
	text(keyComment, c.comment)
	text(keyDefault, c.defaultValue)
	text(keyName, c.name)
	if c.notNull {
		pairs = append(pairs, protocol.Pair{Key: protocol.String(keyNotNull), Value: protocol.Bool(true)})
	}
	text(keyType, c.typeName)
	return protocol.MapWithOrder(protocol.Ordered, pairs)
}

// decode returns the declaration of a record. Its strings don't share the record's memory.
func decode(namespace, set string, record *protocol.Record) (*declaration, error) {
	d := decoder{bins: record.Bins}
	version := d.bin(binFormat)
	if n, ok := version.Int(); !ok || n < 1 {
		return nil, damagedRecord(namespace, set, binFormat)
	} else if n > format {
		return nil, ast.Errorf(ast.ErrUnsupported,
			"the declaration of %s.%s has the format %d, which a newer version of this driver has written; this version reads the format %d",
			namespace, set, n, format)
	}
	kind := d.text(binKind)
	result := &declaration{
		namespace: namespace, set: set, view: kind == kindView, generation: record.Generation,
		key: d.text(binKey), generated: d.flag(d.bin(binGenerated), binGenerated), unique: d.text(binUnique),
		keys: d.texts(binKeys), checks: d.texts(binChecks), retired: d.texts(binRetired),
		query: d.text(binQuery), queryNamespace: d.text(binQueryNamespace), comment: d.text(binComment),
	}
	columns, ok := d.bin(binColumns).List()
	if !ok || kind != kindTable && kind != kindView {
		d.fail(binColumns)
	}
	for _, v := range columns {
		result.columns = append(result.columns, d.column(v))
	}
	if d.bad != "" {
		return nil, damagedRecord(namespace, set, d.bad)
	}
	return result, nil
}

// A decoder reads the bins of a declaration. It notes the first bin that has an unexpected value.
type decoder struct {
	bins protocol.Bins
	bad  string
}

func (d *decoder) fail(bin string) {
	if d.bad == "" {
		d.bad = bin
	}
}

// bin returns the value of a bin, nil if there is none.
func (d *decoder) bin(name string) protocol.Value {
	v, _ := d.bins.Get(name)
	return v
}

func (d *decoder) text(name string) string { return d.string(d.bin(name), name) }

// string returns a string, or "" for nil.
func (d *decoder) string(v protocol.Value, bin string) string {
	s, ok := v.Text()
	if v.Kind() != protocol.KindString && !v.IsNil() || !ok && !v.IsNil() {
		d.fail(bin)
		return ""
	}
	return strings.Clone(s)
}

// flag returns a boolean, false for nil.
func (d *decoder) flag(v protocol.Value, bin string) bool {
	b, ok := v.Bool()
	if !ok && !v.IsNil() {
		d.fail(bin)
	}
	return b
}

func (d *decoder) texts(name string) []string {
	v := d.bin(name)
	list, ok := v.List()
	if !ok && !v.IsNil() {
		d.fail(name)
	}
	var texts []string
	for _, element := range list {
		texts = append(texts, d.string(element, name))
	}
	return texts
}

func (d *decoder) column(v protocol.Value) column {
	var c column
	pairs, ok := v.Map()
	if !ok {
		d.fail(binColumns)
	}
	for _, p := range pairs {
		switch key, _ := p.Key.Text(); key {
		case keyName:
			c.name = d.string(p.Value, binColumns)
		case keyBin:
			c.bin = d.string(p.Value, binColumns)
		case keyType:
			c.typeName = d.string(p.Value, binColumns)
		case keyNotNull:
			c.notNull = d.flag(p.Value, binColumns)
		case keyDefault:
			c.defaultValue = d.string(p.Value, binColumns)
		case keyComment:
			c.comment = d.string(p.Value, binColumns)
		}
	}
	if c.name == "" {
		d.fail(binColumns)
	}
	return c
}

// damagedRecord returns the error of a record that is not a declaration.
func damagedRecord(namespace, set, bin string) error {
	return ast.Errorf(ast.ErrUnsupported, "the record of %s.%s in the set __catalog is damaged: its bin %s has an unexpected value",
		namespace, set, bin)
}
