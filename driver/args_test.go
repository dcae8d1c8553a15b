package driver_test

import (
	"database/sql"
	sqldriver "database/sql/driver"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

type level uint8

// Slices and arrays of a named type whose kind is uint8 are stored as blobs.
func TestNamedByteArguments(t *testing.T) {
	db := open(t, nil)
	for i, arg := range []any{[]level{1, 2}, [2]level{1, 2}, &[2]level{1, 2}, sql.Null[[]level]{V: []level{1, 2}, Valid: true}} {
		execute(t, db, "UPSERT INTO t (PK, a, m) VALUES (?, ?, ?)", i, arg, map[string]any{"l": arg, "ls": []any{arg}})
		var a []byte
		var m any
		require.NoError(t, db.QueryRow("SELECT a, m FROM t WHERE PK = ? AND a = ?", i, arg).Scan(&a, &m))
		require.Equal(t, []byte{1, 2}, a)
		require.Equal(t, map[string]any{"l": []byte{1, 2}, "ls": []any{[]byte{1, 2}}}, m)
	}
	execute(t, db, "UPSERT INTO t (PK, a) VALUES (?, ?)", []level{7}, map[[1]level]int{{1}: 1})
}

// Values that can't be stored are errors at binding, in reads and in writes. The error names the
// element.
func TestArgumentsThatCannotBeStored(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, a) VALUES (1, '10.0.0.1')")
	tooLarge := uint64(1 << 63)
	for name, c := range map[string]struct {
		arg  any
		want string
	}{
		"struct":             {netip.MustParseAddr("10.0.0.1"), "argument 1: "},
		"structs":            {[]netip.Addr{netip.MustParseAddr("10.0.0.1")}, "argument 1: wrong arguments: element 0: "},
		"anonymous structs":  {[]struct{ A int }{{1}, {2}}, "element 0: "},
		"nested":             {[]any{1, []any{func() {}}}, "element 1: element 0: "},
		"in a map":           {map[string]any{"a": []any{1, make(chan int)}}, "entry a: element 1: "},
		"unsigned":           {tooLarge, "9223372036854775808 is above 2^63-1"},
		"unsigned, pointer":  {&tooLarge, "above 2^63-1"},
		"unsigned Value":     {protocol.Uint(tooLarge), "above 2^63-1"},
		"unsigned elements":  {[]uint64{1, tooLarge}, "element 1: "},
		"infinity":           {protocol.Infinity(), "infinity can't be stored"},
		"wildcard in a list": {protocol.List(protocol.Wildcard()), "element 0: "},
		"wildcard as a key":  {[]protocol.Pair{{Key: protocol.Wildcard()}}, "map key"},
		"float as a key":     {map[float64]int{1.5: 1}, "map key"},
		"value's key":        {protocol.Map(protocol.Pair{Key: protocol.Nil()}), "map key"},
		"equal keys":         {map[any]any{1: "a", int64(1): "b"}, "both stored as 1"},
		"in sql.Null":        {sql.Null[[]netip.Addr]{V: make([]netip.Addr, 1), Valid: true}, "element 0: "},
	} {
		for _, query := range []string{"SELECT a FROM t WHERE a IN (?)", "SELECT a FROM t WHERE a NOT IN (?)", "SELECT a FROM t WHERE a < ?", "SELECT ?"} {
			_, err := db.Query(query, c.arg)
			require.ErrorIs(t, err, querylang.ErrArguments, "%s: %s", name, query)
			require.ErrorContains(t, err, c.want, name)
		}
		_, err := db.Exec("UPSERT INTO t (PK, b) VALUES (2, ?)", c.arg)
		require.ErrorIs(t, err, querylang.ErrArguments, name)
	}
}

// A nil slice is an empty list in IN and NOT IN, and NULL elsewhere.
func TestNilSliceArguments(t *testing.T) {
	db := open(t, nil)
	for i := range 5 {
		execute(t, db, "INSERT INTO t (PK, a) VALUES (?, ?)", i, i)
	}
	var nilPointer *[]int
	for _, arg := range []any{[]int(nil), []int{}, []string(nil), []any(nil), []int16(nil), new([]int), sql.Null[[]int]{Valid: true}} {
		require.Len(t, keys(t, db, "a NOT IN (?)", arg), 5, "%T", arg)
		require.Empty(t, keys(t, db, "a IN (?)", arg), "%T", arg)
		require.Empty(t, keys(t, db, "PK IN (?)", arg), "%T", arg)
		require.Len(t, keys(t, db, "NOT PK IN (?)", arg), 5, "%T", arg)
		require.Equal(t, []int{3}, keys(t, db, "a IN (?, ?)", arg, 3), "%T", arg)
	}
	for _, arg := range []any{nil, nilPointer, sql.Null[[]int]{}, []byte(nil)} {
		require.Empty(t, keys(t, db, "a NOT IN (?)", arg), "%T", arg)
	}
	var got []int
	rows, err := db.Query("SELECT PK FROM t WHERE a NOT IN (:x) AND a > $2", 1, 2)
	require.Error(t, err, "two styles")
	require.Nil(t, rows)
	rows, err = db.Query("SELECT PK FROM t WHERE a NOT IN (:x) OR b = :x", sql.Named("x", got))
	require.NoError(t, err)
	for rows.Next() {
		got = append(got, 0)
	}
	require.NoError(t, rows.Err())
	require.Len(t, got, 5)

	execute(t, db, "UPDATE t SET b = 1, a = :x WHERE PK = 1 AND a NOT IN (:x)", sql.Named("x", []int(nil)))
	var null any
	require.NoError(t, db.QueryRow("SELECT a FROM t WHERE PK = 1").Scan(&null))
	require.Nil(t, null)
}

// sql.Null[T] accepts each T that is an argument itself.
func TestSQLNullArguments(t *testing.T) {
	db := open(t, nil)
	at := time.Unix(1, 2).UTC()
	for i, c := range []struct{ arg, want any }{
		{sql.Null[[]string]{V: []string{"x"}, Valid: true}, []any{"x"}},
		{sql.Null[map[string]int]{V: map[string]int{"a": 1}, Valid: true}, map[string]any{"a": int64(1)}},
		{sql.Null[[2]byte]{V: [2]byte{1, 2}, Valid: true}, []byte{1, 2}},
		{sql.Null[time.Time]{V: at, Valid: true}, at.UnixNano()},
		{sql.Null[protocol.Value]{V: protocol.List(), Valid: true}, []any{}},
		{&sql.Null[[]string]{V: []string{"x"}, Valid: true}, []any{"x"}},
		{sql.Null[sql.Null[[]int]]{V: sql.Null[[]int]{V: []int{1}, Valid: true}, Valid: true}, []any{int64(1)}},
		{sql.Null[[]string]{V: []string{"x"}}, nil},
		{sql.NullString{String: "x", Valid: true}, "x"},
		{sql.NullInt64{}, nil},
	} {
		execute(t, db, "UPSERT INTO t (PK, z, a) VALUES (?, 1, ?)", i, c.arg)
		var got any
		require.NoError(t, db.QueryRow("SELECT a FROM t WHERE PK = ?", i).Scan(&got))
		require.Equal(t, c.want, got, "%T", c.arg)
	}
}

// Unsigned integers above 2^63-1, which other clients can store, are read, printed and compared.
func TestStoredUnsignedElements(t *testing.T) {
	db := open(t, nil)
	list := protocol.List(protocol.Uint(math.MaxUint64), protocol.Int(1))
	execute(t, db, "INSERT INTO t (PK, l) VALUES (1, ?), (2, ?)", list, []int{1})
	var got any
	require.NoError(t, db.QueryRow("SELECT l FROM t WHERE l > ?", protocol.List(protocol.Uint(1<<63))).Scan(&got))
	require.Equal(t, []any{uint64(math.MaxUint64), int64(1)}, got)
	var j driver.JSON
	require.NoError(t, db.QueryRow("SELECT l FROM t WHERE PK = 1").Scan(&j))
	require.Equal(t, "[18446744073709551615,1]", j.String())
	_, err := db.Exec("UPSERT INTO t (PK, l) VALUES (3, ?)", got)
	require.ErrorIs(t, err, querylang.ErrArguments)
}

// A program that creates its variables from ScanType can scan every row.
func TestScanTypesAcceptNull(t *testing.T) {
	db := open(t, nil)
	for i := range 100 {
		var v any = i
		if i%3 == 0 {
			v = nil
		} else if i%3 == 1 {
			v = fmt.Sprint(i)
		}
		execute(t, db, "INSERT INTO t (PK, v, w) VALUES (?, ?, 1)", i, v)
	}
	for query, want := range map[string]int{
		"SELECT *, PK, __generation, __ttl, __set, __digest FROM t": 100, "SELECT v, w, missing FROM t": 100, "SELECT * FROM t WHERE PK = 3": 1,
		"SELECT v FROM t WHERE PK IN (1, 2, 3)": 3, "SELECT COUNT(*) FROM t": 1, "SELECT 1, 'a', NULL, TRUE, 1.5": 1, "EXPLAIN SELECT v FROM t": 2,
	} {
		rows, err := db.Query(query)
		require.NoError(t, err)
		types, err := rows.ColumnTypes()
		require.NoError(t, err)
		n := 0
		for ; rows.Next(); n++ {
			dest := make([]any, len(types))
			for i, c := range types {
				dest[i] = reflect.New(c.ScanType()).Interface()
			}
			require.NoError(t, rows.Scan(dest...), query)
		}
		require.NoError(t, rows.Err())
		require.GreaterOrEqual(t, n, min(want, 2), query)
	}
	rows, err := db.Query("SELECT COUNT(*) FROM t")
	require.NoError(t, err)
	defer rows.Close()
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	require.Equal(t, reflect.TypeFor[int64](), types[0].ScanType())
	nullable, ok := types[0].Nullable()
	require.True(t, ok && !nullable)
}

// driver.Time scans a stored time, and sql.Null[driver.Time] accepts NULL.
func TestScanTimes(t *testing.T) {
	db := open(t, nil)
	at := time.Date(2024, 5, 6, 7, 8, 9, 10, time.UTC)
	execute(t, db, "INSERT INTO t (PK, at, n) VALUES (1, ?, 1), (2, ?, 1)", sql.Null[driver.Time]{V: driver.Time{Time: at}, Valid: true}, sql.Null[driver.Time]{})
	var back driver.Time
	require.NoError(t, db.QueryRow("SELECT at FROM t WHERE PK = 1 AND at = ?", at).Scan(&back))
	require.True(t, at.Equal(back.Time))
	for key, valid := range map[int]bool{1: true, 2: false} {
		var null sql.Null[driver.Time]
		require.NoError(t, db.QueryRow("SELECT at FROM t WHERE PK = ?", key).Scan(&null))
		require.Equal(t, valid, null.Valid)
	}
}

// place is a type that package mapper stores as what MarshalBin returns. It needs a pointer.
type place struct{ lon, lat float64 }

func (p *place) MarshalBin() (protocol.Value, error) {
	if p.lon > 180 {
		return protocol.Value{}, fmt.Errorf("the longitude is %v", p.lon)
	}
	return protocol.GeoPoint(p.lon, p.lat), nil
}

func (p *place) UnmarshalBin(protocol.Value) error { return nil }

// oneWay has no UnmarshalBin, so its method doesn't count.
type oneWay string

func (oneWay) MarshalBin() (protocol.Value, error) { return protocol.Int(1), nil }

// both has Value too, which database/sql asks for.
type both struct{ place }

func (both) Value() (sqldriver.Value, error) { return "value", nil }

// TestArgumentsWithMarshalBin: an argument of a type with MarshalBin is stored as a field of a
// struct of package mapper is.
func TestArgumentsWithMarshalBin(t *testing.T) {
	db := open(t, nil)
	for i, c := range []struct {
		arg  any
		want string
	}{
		{place{1, 2}, "geojson"}, {&place{1, 2}, "geojson"}, {sql.Null[place]{V: place{1, 2}, Valid: true}, "geojson"}, {mapper.Point(1, 2), "geojson"},
		{[]place{{1, 2}}, "list"}, {mapper.RefTo[string, place]("k"), "text"}, {mapper.RefTo[int64, place](7), "integer"}, {oneWay("text"), "text"}, {both{}, "text"},
	} {
		execute(t, db, "UPSERT INTO t (PK, n, a) VALUES (?, 1, ?)", i, c.arg)
		var kind string
		require.NoError(t, db.QueryRow("SELECT TYPEOF(a) FROM t WHERE PK = ?", i).Scan(&kind))
		require.Equal(t, c.want, kind, "%T", c.arg)
	}
	for _, arg := range []any{(*place)(nil), mapper.GeoJSON(""), mapper.Ref[string, place]{}} {
		var isNull bool
		require.NoError(t, db.QueryRow("SELECT ? IS NULL", arg).Scan(&isNull), "%T", arg)
		require.True(t, isNull, "%T", arg)
	}
	for _, arg := range []any{place{lon: 200}, mapper.Point(200, 0)} {
		_, err := db.Exec("UPSERT INTO t (PK, a) VALUES (1, ?)", arg)
		require.ErrorIs(t, err, querylang.ErrArguments)
		require.ErrorContains(t, err, "longitude")
	}
}
