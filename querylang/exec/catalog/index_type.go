package catalog

import (
	"iter"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// indexWords are the words for the types of indexes.
var indexWords = map[string]admin.IndexType{
	"NUMERIC": admin.IndexNumeric, "INTEGER": admin.IndexNumeric, "STRING": admin.IndexString,
	"BLOB": admin.IndexBlob, "GEO2DSPHERE": admin.IndexGeo,
}

// typeWords lists the words in errors.
const typeWords = "NUMERIC, STRING, BLOB or GEO2DSPHERE"

// familyIndexes are the types of the indexes of declared columns.
var familyIndexes = map[function.Family]admin.IndexType{
	function.Integers: admin.IndexNumeric, function.Timestamps: admin.IndexNumeric, function.Dates: admin.IndexNumeric,
	function.Decimals: admin.IndexNumeric, function.Strings: admin.IndexString, function.Blobs: admin.IndexBlob,
	function.Points: admin.IndexGeo,
}

// kindIndexes are the types of the indexes of values.
var kindIndexes = map[protocol.Kind]admin.IndexType{
	protocol.KindInt: admin.IndexNumeric, protocol.KindString: admin.IndexString, protocol.KindBlob: admin.IndexBlob,
	protocol.KindGeoJSON: admin.IndexGeo,
}

// indexType returns the type of an index: the declared one, the one of the column, or the one of
// the values in a sample.
func (d *definition) indexType(n setName, s *ast.CreateIndex, t *target) (admin.IndexType, error) {
	whole := t.collection == cluster.IndexDefault && len(t.steps) == 0
	given, isGiven := indexWords[s.Type]
	if t.declared == nil || !whole || t.family == function.Undeclared || t.family == function.Documents {
		if isGiven {
			return given, d.checkCollection(t)
		}
		if err := d.checkCollection(t); err != nil {
			return 0, err
		}
		return d.sampledType(n, t)
	}
	typ, ok := familyIndexes[t.family]
	switch {
	case t.family == function.Lists || t.family == function.Maps:
		return 0, d.fail(t.pos, ast.ErrUnsupported, "an index of the %s %s needs LIST, MAPKEYS or MAPVALUES before INDEX, or a path such as %s[0]",
			t.declared.typeName, t.declared.name, t.declared.name)
	case !ok:
		return 0, d.fail(t.pos, ast.ErrUnsupported, "an index of the %s %s is not supported: the servers index integers, strings, blobs and GeoJSON",
			t.declared.typeName, t.declared.name)
	case isGiven && given != typ:
		return 0, d.fail(t.pos, ast.ErrType, "an index of the type %s would be empty: %s is a %s", s.Type, t.declared.name, t.declared.typeName)
	}
	return typ, nil
}

// checkCollection returns an error if a declared column never has the collection of an index.
func (d *definition) checkCollection(t *target) error {
	if t.declared == nil || t.collection == cluster.IndexDefault && len(t.steps) == 0 || t.family == function.Undeclared ||
		t.family == function.Documents {
		return nil
	}
	isList, isMap := t.family == function.Lists, t.family == function.Maps
	if len(t.steps) > 0 {
		if isList && t.steps[0].list || isMap && !t.steps[0].list {
			return nil
		}
	} else if t.collection == cluster.IndexList && isList || t.collection != cluster.IndexList && isMap {
		return nil
	}
	return d.fail(t.pos, ast.ErrType, "the index would be empty: %s is a %s", t.declared.name, t.declared.typeName)
}

// sampledRecords is the number of records that are read to find the type of an index.
const sampledRecords = 100

// sampledType returns the type of an index of the values in a sample of the set.
func (d *definition) sampledType(n setName, t *target) (admin.IndexType, error) {
	policy := d.options.Policies.Query
	policy.MaxRecords = sampledRecords
	found := make(map[admin.IndexType]bool)
	var others []string
	stmt := cluster.Statement{Namespace: n.namespace, Set: n.set, Bins: []string{t.bin}}
	for record, err := range d.client.Query(d.ctx, &policy, stmt) {
		if record == nil {
			return 0, err
		}
		v, _ := record.Bin(t.bin)
		for v := range t.indexed(v) {
			if typ, ok := kindIndexes[v.Kind()]; ok {
				found[typ] = true
			} else if kind := v.Kind().String(); !v.IsNil() && !slices.Contains(others, kind) {
				others = append(others, kind)
			}
		}
	}
	switch {
	case len(found) == 1:
		for typ := range found {
			return typ, nil
		}
	case len(found) > 1:
		return 0, d.fail(t.pos, ast.ErrType, "%s has values of several types: name the one to index after the parenthesis, %s", t.bin, typeWords)
	case len(others) > 0:
		return 0, d.fail(t.pos, ast.ErrType,
			"%s has values that an index does not hold (%s): the servers index integers, strings, blobs and GeoJSON, of collections with LIST, MAPKEYS or MAPVALUES before INDEX",
			t.bin, strings.Join(others, ", "))
	}
	return 0, d.fail(t.pos, ast.ErrType, "nothing is known of the values in %s: name their type after the parenthesis, %s", t.bin, typeWords)
}

// indexed returns the values that an index of the target holds for the value of a bin.
func (t *target) indexed(v protocol.Value) iter.Seq[protocol.Value] {
	for _, s := range t.steps {
		v = s.of(v)
	}
	return func(yield func(protocol.Value) bool) {
		list, _ := v.List()
		pairs, _ := v.Map()
		switch t.collection {
		case cluster.IndexList:
			for _, element := range list {
				if !yield(element) {
					return
				}
			}
		case cluster.IndexMapKeys, cluster.IndexMapValues:
			for _, p := range pairs {
				element := p.Value
				if t.collection == cluster.IndexMapKeys {
					element = p.Key
				}
				if !yield(element) {
					return
				}
			}
		default:
			yield(v)
		}
	}
}

// of returns the element of a collection, nil if there is none.
func (s targetStep) of(v protocol.Value) protocol.Value {
	if s.list {
		list, _ := v.List()
		n, _ := s.at.Int()
		if n < 0 {
			n += int64(len(list))
		}
		if n < 0 || n >= int64(len(list)) {
			return protocol.Nil()
		}
		return list[n]
	}
	pairs, _ := v.Map()
	for _, p := range pairs {
		if function.Order(p.Key, s.at) == 0 && p.Key.Kind() == s.at.Kind() {
			return p.Value
		}
	}
	return protocol.Nil()
}
