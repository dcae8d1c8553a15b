package gen

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/function"
)

// A goType is the type of a field, the package that it needs, and the option of the tag with which
// the mapper stores it as SQL does.
type goType struct{ name, path, option string }

var (
	anyType   = goType{name: "any"}
	geoType   = goType{name: "mapper.GeoJSON", path: mapperPath} // "" is NULL
	valueType = goType{name: "protocol.Value", path: "github.com/aerosql/aerosql/protocol"}
)

// pointer returns the type for values that can be NULL. Slices, maps and the like have a nil.
func (t goType) pointer() goType {
	t.name = "*" + t.name
	return t
}

// declaredType returns the type of a column that is not the key.
func declaredType(t function.Type, notNull bool) goType {
	var typ goType
	switch t.Family {
	case function.Integers:
		typ = goType{name: "int64"}
	case function.Floats:
		typ = goType{name: "float64"}
	case function.Strings:
		typ = goType{name: "string"}
	case function.Booleans:
		typ = goType{name: "bool", option: "bool=native"}
	case function.Timestamps, function.Dates:
		typ = goType{name: "time.Time", path: "time"}
	case function.Decimals:
		typ = goType{name: "string", option: fmt.Sprintf("scale=%d", t.Scale)}
	case function.Blobs:
		return goType{name: "[]byte"}
	case function.Lists:
		return goType{name: "[]any"}
	case function.Maps:
		return goType{name: "map[any]any"}
	case function.Points:
		return geoType
	case function.Sketches:
		return valueType
	default: // documents, and columns without a type
		return anyType
	}
	if notNull {
		return typ
	}
	return typ.pointer()
}

// declaredKey returns the type of a column that is the key, and a comment if the key is an integer
// that stands for something else. The zero goType means that the declaration doesn't say it.
func declaredKey(t function.Type) (goType, string) {
	switch t.Family {
	case function.Integers:
		return goType{name: "int64"}, ""
	case function.Strings:
		return goType{name: "string"}, ""
	case function.Blobs:
		return goType{name: "[]byte"}, ""
	case function.Timestamps, function.Dates:
		return goType{name: "int64"}, "nanoseconds since 1970 UTC"
	case function.Decimals:
		return goType{name: "int64"}, fmt.Sprintf("the decimal times 10^%d", t.Scale)
	}
	return goType{}, ""
}

// A sample is what some records of a set have.
type sample struct {
	records int
	keys    map[protocol.Kind]bool // of the user keys that are stored
	bins    map[string]*binSample
}

// A binSample is what the records have in one bin.
type binSample struct {
	records   int
	kinds     map[protocol.Kind]bool
	otherKeys bool // a map has a key that is not a string
}

// sampleSize is the number of records of a sample, which is that of SQL.
const sampleSize = 1000

// readSample reads some records, or only their keys.
func readSample(ctx context.Context, client *cluster.Client, namespace, set string, onlyKeys bool) (*sample, error) {
	s := &sample{keys: map[protocol.Kind]bool{}, bins: map[string]*binSample{}}
	statement := cluster.Statement{Namespace: namespace, Set: set, NoBins: onlyKeys}
	for record, err := range client.Query(ctx, &cluster.QueryPolicy{MaxRecords: sampleSize}, statement) {
		if err != nil {
			return nil, err
		}
		s.records++
		if key := record.Key.UserKey(); !key.IsNil() {
			s.keys[key.Kind()] = true
		}
		for _, bin := range record.Bins {
			s.bin(bin.Name).add(bin.Value)
		}
	}
	return s, nil
}

func (s *sample) bin(name string) *binSample {
	b := s.bins[name]
	if b == nil {
		b = &binSample{kinds: map[protocol.Kind]bool{}}
		s.bins[strings.Clone(name)] = b
	}
	return b
}

func (b *binSample) add(v protocol.Value) {
	b.records++
	b.kinds[v.Kind()] = true
	pairs, _ := v.Map()
	for i := range pairs {
		b.otherKeys = b.otherKeys || pairs[i].Key.Kind() != protocol.KindString
	}
}

// ErrKeyUnknown is the error for a table whose keys have no single type that is known.
var ErrKeyUnknown = errors.New("the type of the key is unknown")

// keyType returns the type of the keys.
func (s *sample) keyType() (goType, error) {
	const instead = "; declare the table with CREATE TABLE and the type of its PRIMARY KEY"
	switch kinds := slices.Sorted(maps.Keys(s.keys)); {
	case s.records == 0:
		return goType{}, fmt.Errorf("%w: there are no records%s", ErrKeyUnknown, instead)
	case len(kinds) == 0:
		return goType{}, fmt.Errorf("%w: the records are stored without their keys%s", ErrKeyUnknown, instead)
	case len(kinds) > 1:
		return goType{}, fmt.Errorf("%w: there are keys of the kinds %s, and a field has one type; write the struct with a method AerospikeKey() any",
			ErrKeyUnknown, kindList(kinds))
	case kinds[0] == protocol.KindInt:
		return goType{name: "int64"}, nil
	case kinds[0] == protocol.KindString:
		return goType{name: "string"}, nil
	}
	return goType{name: "[]byte"}, nil
}

// goType returns the type of the bin, and a comment if it has values of several kinds. A bin that
// some of the records don't have can be NULL.
func (b *binSample) goType(records int) (goType, string) {
	kinds := slices.Sorted(maps.Keys(b.kinds))
	if len(kinds) > 1 {
		return anyType, "values of several kinds: " + kindList(kinds)
	}
	always := b.records == records
	switch kinds[0] {
	case protocol.KindInt:
		return declaredType(function.Type{Family: function.Integers}, always), ""
	case protocol.KindFloat:
		return declaredType(function.Type{Family: function.Floats}, always), ""
	case protocol.KindString:
		return declaredType(function.Type{Family: function.Strings}, always), ""
	case protocol.KindBool:
		return declaredType(function.Type{Family: function.Booleans}, always), ""
	case protocol.KindBlob:
		return goType{name: "[]byte"}, ""
	case protocol.KindList:
		return goType{name: "[]any"}, ""
	case protocol.KindMap:
		if b.otherKeys {
			return goType{name: "map[any]any"}, ""
		}
		return goType{name: "map[string]any"}, ""
	case protocol.KindGeoJSON:
		return geoType, ""
	case protocol.KindHLL:
		return valueType, ""
	}
	return anyType, ""
}

func kindList(kinds []protocol.Kind) string {
	var text []string
	for _, k := range kinds {
		text = append(text, k.String())
	}
	return strings.Join(text, ", ")
}
