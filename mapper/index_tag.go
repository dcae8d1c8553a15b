package mapper

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// A wantedIndex is the index of a field tagged index.
type wantedIndex struct {
	name       string
	bin        string
	collection string // LIST, MAPKEYS or ""
	typ        string // NUMERIC, STRING, BLOB or GEO2DSPHERE
}

// maxIndexName is the greatest length of an index's name in bytes.
const maxIndexName = 63

// indexOf returns the index of a field, whose type gives the kind of the index.
func (s *store) indexOf(f *field) (wantedIndex, error) {
	w := wantedIndex{name: f.tag.record.indexName, bin: f.bin}
	if w.name == "" {
		w.name = s.set + "_" + f.bin
	}
	if len(w.name) > maxIndexName || strings.ContainsAny(w.name, ";:=") {
		return w, fmt.Errorf("the name of an index has at most %d bytes and no ; : or =, not %q; use index=name", maxIndexName, w.name)
	}
	t := f.typ
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	typ := s.typeOf(f)
	switch typ.Family {
	case function.Lists:
		w.collection = "LIST"
		typ = s.elementType(t.Elem(), f.tag.form)
	case function.Maps:
		if t.Kind() != reflect.Map {
			return w, fmt.Errorf("a struct has no index; inline it and index its fields, or create the index of a path with SQL")
		}
		w.collection = "MAPKEYS"
		typ = s.elementType(t.Key(), form{})
	}
	switch typ.Family {
	case function.Integers, function.Timestamps, function.Decimals:
		w.typ = "NUMERIC"
	case function.Strings:
		w.typ = "STRING"
	case function.Blobs:
		w.typ = "BLOB"
	case function.Points:
		w.typ = "GEO2DSPHERE"
	default:
		return w, fmt.Errorf("an index has integers, times, strings, bytes or GeoJSON, or a collection of these; the values of %s are others", f.typ)
	}
	return w, nil
}

// elementType returns the type of the elements of a collection.
func (s *store) elementType(t reflect.Type, f form) function.Type {
	codec, err := s.codecOf(t, f)
	if err != nil {
		return function.Type{}
	}
	f.ordered = false
	return s.typeOf(&field{typ: t, tag: tag{form: f}, codec: codec})
}

// indexes returns the indexes of the tags, and an error for each that is not possible.
func (s *store) indexes() (all []wantedIndex, problems []error) {
	for i := range s.plan.fields {
		f := &s.plan.fields[i]
		if !f.tag.record.index {
			continue
		}
		w, err := s.indexOf(f)
		if err != nil {
			problems = append(problems, fmt.Errorf("mapper: %s.%s: option index: %w", typeName(s.plan.typ), f.path, err))
			continue
		}
		for j := range all {
			if all[j].name == w.name {
				problems = append(problems, fmt.Errorf("mapper: %s.%s: option index: the index %s is also that of bin %q; use index=name", typeName(s.plan.typ), f.path, w.name, all[j].bin))
			}
		}
		all = append(all, w)
	}
	return all, problems
}

// statement returns the statement that creates the index.
func (w *wantedIndex) statement(t ast.TableName) string {
	return (&ast.CreateIndex{
		Name: ast.Name{Text: w.name}, IfNotExists: true, Table: t, Collection: w.collection, Type: w.typ,
		Parts: []ast.IndexPart{{Expr: &ast.Column{Parts: []ast.Name{{Text: w.bin}}}}},
	}).String()
}
