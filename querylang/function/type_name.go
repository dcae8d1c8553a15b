package function

import (
	"slices"
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// An argumentRule says which arguments a type can have.
type argumentRule uint8

const (
	noArguments   argumentRule = iota
	displayWidth               // INT(11): accepted and without effect
	length                     // VARCHAR(n)
	fraction                   // TIMESTAMP(n): digits of the fraction, without effect
	precisionRule              // DECIMAL(p, s)
)

// A typeWord is what a name of a type means.
type typeWord struct {
	family    Family
	arguments argumentRule
}

// typeWords maps the names of types to families.
var typeWords = func() map[string]typeWord {
	words := make(map[string]typeWord)
	add := func(family Family, arguments argumentRule, names ...string) {
		for _, name := range names {
			words[name] = typeWord{family, arguments}
		}
	}
	add(Integers, displayWidth, "INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "MEDIUMINT", "INT2", "INT4", "INT8", "BIG INT",
		"SIGNED", "SIGNED INT", "SIGNED INTEGER", "LONG")
	for _, name := range []string{"INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "MEDIUMINT"} {
		add(Integers, displayWidth, name+" SIGNED", name+" UNSIGNED")
	}
	add(Integers, displayWidth, "UNSIGNED", "UNSIGNED INT", "UNSIGNED INTEGER", "UNSIGNED BIG INT")
	add(Integers, noArguments, "INT64", "INT32", "INT16", "UINT64", "UINT32", "UINT16", "UINT8")
	add(Floats, displayWidth, "REAL", "FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "DOUBLE PRECISION")
	add(Floats, noArguments, "FLOAT64", "FLOAT32")
	add(Strings, length, "TEXT", "STRING", "VARCHAR", "CHAR", "CHARACTER", "CHARACTER VARYING", "CHAR VARYING", "VARYING CHARACTER",
		"NVARCHAR", "NCHAR", "NCHAR VARYING", "NATIVE CHARACTER", "NATIONAL CHARACTER", "NATIONAL CHARACTER VARYING",
		"NATIONAL CHAR", "NATIONAL CHAR VARYING", "NATIONAL VARCHAR", "BPCHAR")
	add(Strings, noArguments, "CLOB", "CHARACTER LARGE OBJECT", "CHAR LARGE OBJECT", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT",
		"LONG VARCHAR", "LONG TEXT", "UUID")
	add(Blobs, length, "BLOB", "BYTES", "BYTEA", "BINARY", "VARBINARY", "BINARY VARYING")
	add(Blobs, noArguments, "BINARY LARGE OBJECT", "LONG VARBINARY", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB")
	add(Booleans, noArguments, "BOOL", "BOOLEAN")
	add(Timestamps, fraction, "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP WITH LOCAL TIME ZONE",
		"TIMESTAMPTZ", "DATETIME")
	add(Dates, noArguments, "DATE")
	add(Decimals, precisionRule, "DECIMAL", "NUMERIC", "DEC")
	add(Lists, noArguments, "LIST", "ARRAY")
	add(Maps, noArguments, "MAP", "OBJECT")
	add(Documents, noArguments, "JSON", "JSONB", "DOCUMENT")
	add(Points, noArguments, "GEOJSON", "GEOMETRY", "GEOGRAPHY", "POINT")
	add(Sketches, noArguments, "HLL", "HYPERLOGLOG")
	return words
}()

// typeNames are the names of types, sorted.
var typeNames = func() []string {
	var all []string
	for name := range typeWords {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}()

// TypeNames returns the names of types that ParseType knows, sorted. The caller must not change
// them.
func TypeNames() []string { return typeNames }

// refusedTypes are names of types that SQL has and this dialect has not.
var refusedTypes = map[string]string{
	"TIME":                   "the type TIME is not supported: use TIMESTAMP, or TEXT",
	"TIME WITH TIME ZONE":    "the type TIME is not supported: use TIMESTAMP, or TEXT",
	"TIME WITHOUT TIME ZONE": "the type TIME is not supported: use TIMESTAMP, or TEXT",
	"INTERVAL":               "the type INTERVAL is not supported: an interval can be added to a timestamp",
	"BIT":                    "the type BIT is not supported: use BLOB and the BIT functions",
	"BIT VARYING":            "the type BIT VARYING is not supported: use BLOB and the BIT functions",
	"MONEY":                  "the type MONEY is not supported: use DECIMAL(18, 2)",
	"XML":                    "the type XML is not supported: use TEXT",
	"SERIAL":                 "the type SERIAL is not supported: the servers have no sequences",
	"BIGSERIAL":              "the type BIGSERIAL is not supported: the servers have no sequences",
	"YEAR":                   "the type YEAR is not supported: use INTEGER",
}

// maxLength is the largest n of VARCHAR(n).
const maxLength = 1 << 30

// ParseType returns the type that a name of SQL means. All integer types have 64 bits, and all
// floats too. DECIMAL without arguments is DECIMAL(18, 0). The length of VARCHAR(n), CHAR(n) or
// BINARY(n) has an effect on CAST only, which cuts values to it; a longer value is stored as it is.
func ParseType(t ast.TypeName) (Type, error) {
	word, ok := typeWords[strings.ToUpper(t.Name)]
	if !ok {
		return Type{}, unknownType(t)
	}
	typ := Type{Family: word.family, Name: t.String()}
	for _, n := range t.Args {
		if n < 0 || n > maxLength {
			return Type{}, typeError("the arguments of %s are out of range", t)
		}
	}
	switch word.arguments {
	case noArguments:
		if len(t.Args) > 0 {
			return Type{}, typeError("the type %s has no arguments", t.Name)
		}
	case displayWidth:
		if len(t.Args) > 2 {
			return Type{}, typeError("the type %s has too many arguments", t.Name)
		}
	case fraction:
		if len(t.Args) > 1 || len(t.Args) == 1 && t.Args[0] > 9 {
			return Type{}, typeError("the argument of %s is a number of digits, 0 to 9", t.Name)
		}
	case length:
		if len(t.Args) > 1 || len(t.Args) == 1 && t.Args[0] == 0 {
			return Type{}, typeError("the argument of %s is a length, at least 1", t.Name)
		}
		if len(t.Args) == 1 {
			typ.Length = int(t.Args[0])
		}
	case precisionRule:
		return decimalType(typ, t)
	}
	return typ, nil
}

func decimalType(typ Type, t ast.TypeName) (Type, error) {
	typ.Precision = MaxPrecision
	if len(t.Args) > 0 {
		typ.Precision = int(t.Args[0])
	}
	if len(t.Args) > 1 {
		typ.Scale = int(t.Args[1])
	}
	switch {
	case len(t.Args) > 2:
		return Type{}, typeError("the type %s has the arguments precision and scale", t.Name)
	case typ.Precision < 1 || typ.Precision > MaxPrecision:
		return Type{}, typeError("the precision of %s must be 1 to %d", t, MaxPrecision)
	case typ.Scale > typ.Precision:
		return Type{}, typeError("the scale of %s must not be larger than the precision", t)
	}
	return typ, nil
}

func unknownType(t ast.TypeName) error {
	name := strings.ToUpper(t.Name)
	if message, ok := refusedTypes[name]; ok {
		return ast.Errorf(ast.ErrUnsupported, "%s", message)
	}
	if nearest := ast.Nearest(name, typeNames); nearest != "" {
		return ast.Errorf(ast.ErrUnknownName, "there is no type %s; did you mean %s?", t.Name, nearest)
	}
	return ast.Errorf(ast.ErrUnknownName, "there is no type %s", t.Name)
}

func typeError(format string, args ...any) error { return ast.Errorf(ast.ErrType, format, args...) }

// String returns the type as it was declared, or the name of its family.
func (t Type) String() string {
	if t.Name != "" {
		return t.Name
	}
	return familyNames[t.Family]
}

// familyNames are SQL's names of the families.
var familyNames = [...]string{
	Undeclared: "ANY", Integers: "INTEGER", Floats: "DOUBLE", Strings: "TEXT", Blobs: "BLOB", Booleans: "BOOLEAN",
	Timestamps: "TIMESTAMP", Dates: "DATE", Decimals: "DECIMAL", Lists: "LIST", Maps: "MAP", Documents: "JSON",
	Points: "GEOJSON", Sketches: "HLL",
}
