package docs

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"encoding/json"
	"fmt"
	"math/big"
	"net/netip"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

const typesPage = "../../docs/types.md"

// Writers store a value in the bin v of the record "k" of a set: each in its own way.
type writers struct {
	sql, byDefault, native func(ctx context.Context) error
	value                  protocol.Value
	// readsSQL reports whether the mapper reads what SQL stored as the same value.
	readsSQL func(ctx context.Context) bool
	arg      any
}

// writersOf returns the functions that store a value in the sets SET_sql, SET_default and
// SET_native.
func writersOf[V any](t *testing.T, db *sql.DB, set string, v V) writers {
	type record struct {
		ID string `as:"id,pk"`
		N  int    `as:"n"` // so that the record exists where V is NULL
		V  V      `as:"v"`
	}
	save := func(suffix string, opts ...mapper.Option) func(context.Context) error {
		return func(ctx context.Context) error {
			repo, err := mapper.New[record](db, append(opts, mapper.WithSet(set+suffix))...)
			if err != nil {
				return err
			}
			return repo.Save(ctx, &record{"k", 1, v})
		}
	}
	return writers{
		arg: v, value: protocol.ValueOf(v), byDefault: save("_default"), native: save("_native", mapper.WithNativeTypes()),
		sql: func(ctx context.Context) error {
			_, err := db.ExecContext(ctx, "INSERT INTO "+set+"_sql (PK, n, v) VALUES ('k', 1, ?)", v)
			return err
		},
		readsSQL: func(ctx context.Context) bool {
			repo, err := mapper.New[record](db, mapper.WithSet(set+"_sql"))
			if err != nil {
				return false
			}
			found, err := repo.Find(ctx, "k")
			return err == nil && sameGo(found.V, v)
		},
	}
}

// amount is a struct with Value and Scan, as decimal types are.
type amount struct{ cents int64 }

func (a amount) Value() (sqldriver.Value, error) { return strconv.FormatInt(a.cents, 10), nil }

func (a *amount) Scan(src any) (err error) {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("an amount is text, not %T", src)
	}
	a.cents, err = strconv.ParseInt(s, 10, 64)
	return err
}

// sameGo compares two values of one type: times and native values by their own rules.
func sameGo(a, b any) bool {
	switch x := a.(type) {
	case time.Time:
		return x.Equal(b.(time.Time))
	case protocol.Value:
		return protocol.Equal(x, b.(protocol.Value))
	}
	return reflect.DeepEqual(a, b)
}

// typeRows has a row for each Go type of the table of bins.
var typeRows = []struct {
	name    string
	writers func(t *testing.T, db *sql.DB, set string) writers
}{
	{"bool", rowOf(true)}, {"int, int8 ... int64", rowOf(int32(-5))}, {"uint, uint8 ... uint64 to 2^63-1", rowOf(uint64(5))},
	{"uint64 above 2^63-1", rowOf(uint64(1) << 63)}, {"float32", rowOf(float32(0.5))}, {"float64", rowOf(2.5)}, {"string", rowOf("text")},
	{"[]byte", rowOf([]byte{1, 2})}, {"[N]byte", rowOf([4]byte{1, 2, 3, 4})}, {"time.Time", rowOf(time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC))},
	{"time.Time, the zero time", rowOf(time.Time{})}, {"time.Duration", rowOf(time.Second)}, {"json.RawMessage", rowOf(json.RawMessage(`{"a":1}`))},
	{"uuid.UUID (bytes with Value)", rowOf(uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))},
	{"struct with Value", rowOf(amount{1250})}, {"netip.Addr (struct with MarshalText)", rowOf(netip.MustParseAddr("10.0.0.1"))},
	{"*big.Int", rowOf(big.NewInt(7))}, {"sql.NullString", rowOf(sql.NullString{String: "text", Valid: true})}, {"sql.Null[int]", rowOf(sql.Null[int64]{V: 5, Valid: true})},
	{"pointer", rowOf(new(int64(5)))}, {"nil pointer", rowOf((*int64)(nil))}, {"[]int", rowOf([]int64{1, 2})}, {"[]string", rowOf([]string{"a"})}, {"[]any", rowOf([]any{int64(1), "a"})},
	{"[]bool", rowOf([]bool{true})}, {"map[string]int", rowOf(map[string]int64{"k": 1})}, {"map[string]any", rowOf(map[string]any{"k": int64(1)})}, {"struct", rowOf(struct{ A int64 }{1})},
	{"[N]int", rowOf([2]int64{1, 2})}, {"[]struct", rowOf([]struct{ A int64 }{{1}})}, {"map with keys that have MarshalText", rowOf(map[netip.Addr]int64{netip.MustParseAddr("10.0.0.1"): 1})},
	{"*time.Time", rowOf(new(time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)))}, {"sql.Null[time.Time]", rowOf(sql.Null[time.Time]{V: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Valid: true})},
	{"protocol.Value (GeoJSON)", rowOf(protocol.GeoPoint(1, 2))}, {"mapper.GeoJSON", rowOf(mapper.Point(1, 2))},
	{"mapper.Ref[string, R]", rowOf(mapper.RefTo[string, struct{}]("k"))}, {"mapper.Ref[int64, R]", rowOf(mapper.RefTo[int64, struct{}](5))},
	{"mapper.Ref[[16]byte, R]", rowOf(mapper.RefTo[[16]byte, struct{}]([16]byte{1}))}, {"mapper.Ref, no key", rowOf(mapper.Ref[string, struct{}]{})},
}

func rowOf[V any](v V) func(t *testing.T, db *sql.DB, set string) writers {
	return func(t *testing.T, db *sql.DB, set string) writers { return writersOf(t, db, set, v) }
}

// formOf describes how a value is stored.
func formOf(v protocol.Value) string {
	switch v.Kind() {
	case protocol.KindNil:
		return "NULL"
	case protocol.KindList:
		list, _ := v.List()
		return "list of " + formOf(list[0]) + "s"
	case protocol.KindGeoJSON:
		return "GeoJSON"
	}
	return v.Kind().String()
}

// stored returns the form of the bin v of a record that one of the writers has written.
func stored(ctx context.Context, client *cluster.Client, set string, err error) string {
	if err != nil {
		return "-"
	}
	rec, err := client.Get(ctx, nil, protocol.MustKey("test", set, "k"))
	if err != nil {
		return err.Error()
	}
	v, _ := rec.Bin("v")
	return formOf(v)
}

// binRow returns the cells of a row of the table of bins.
func binRow(t *testing.T, db *sql.DB, client *cluster.Client, set string, d writers) []string {
	ctx := t.Context()
	finds := func(suffix string, err error) string {
		if err != nil {
			return "-"
		}
		var n int
		err = db.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+set+suffix+" WHERE v = ?", d.arg).Scan(&n)
		switch {
		case err != nil:
			return "refused"
		case n == 1:
			return "yes"
		}
		return "no"
	}
	sqlErr, defaultErr, nativeErr := d.sql(ctx), d.byDefault(ctx), d.native(ctx)
	if sqlErr == nil && nativeErr == nil && stored(ctx, client, set+"_sql", nil) == stored(ctx, client, set+"_native", nil) {
		require.Equal(t, finds("_sql", nil), finds("_native", nil), "%s: one form is found or not, whoever has stored it", set)
	}
	native := "-"
	if d.value.Kind() != protocol.KindInvalid && d.value.Kind() != protocol.KindUint {
		native = formOf(d.value)
	}
	reads := "-"
	if sqlErr == nil && defaultErr == nil {
		reads = map[bool]string{true: "yes", false: "no"}[d.readsSQL(ctx)]
	}
	return []string{
		stored(ctx, client, set+"_sql", sqlErr), stored(ctx, client, set+"_default", defaultErr), stored(ctx, client, set+"_native", nativeErr), native,
		finds("_default", defaultErr), finds("_native", nativeErr), reads,
	}
}

func tableOf(heads []string, rows [][]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(heads, " | "), strings.Repeat("---|", len(heads)))
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.String()
}

// TestTypesPage holds every cell of docs/types.md.
func TestTypesPage(t *testing.T) {
	db := openPageDB(t, "types")
	client, err := driver.Client(t.Context(), db)
	require.NoError(t, err)
	var bins [][]string
	for i, row := range typeRows {
		set := fmt.Sprintf("t%d", i)
		bins = append(bins, append([]string{"`" + row.name + "`"}, binRow(t, db, client, set, row.writers(t, db, set))...))
	}
	var keys [][]string
	for i, row := range keyRows {
		keys = append(keys, append([]string{"`" + row.name + "`"}, row.cells(t, db, fmt.Sprintf("k%d", i))...))
	}
	old, err := os.ReadFile(typesPage)
	require.NoError(t, err)
	page := replacePart(t, string(old), "bins", func(string) string {
		return tableOf([]string{"Go type", "SQL argument", "mapper", "mapper, native types", "native value", "SQL finds", "SQL finds native types", "mapper reads"}, bins)
	})
	page = replacePart(t, page, "keys", func(string) string {
		return tableOf([]string{"Go type", "SQL argument", "mapper", "found"}, keys)
	})
	page = replacePart(t, page, "options", func(string) string {
		return tableOf([]string{"Option", "Go type", "stored as", "SQL finds"}, optionRows(t, db, client))
	})
	if *updatePages {
		require.NoError(t, os.WriteFile(typesPage, []byte(page), 0o600))
		return
	}
	require.Equal(t, string(old), page, "go test -update writes the page")
}

// keyRows has a row for each Go type of the table of keys.
var keyRows = []struct {
	name  string
	cells func(t *testing.T, db *sql.DB, set string) []string
}{
	{"int, int8 ... int64", keyOf(int64(5))}, {"uint64", keyOf(uint64(5))}, {"string", keyOf("k")}, {"[]byte", keyOf([]byte{1})}, {"[N]byte", keyOf([4]byte{1, 2, 3, 4})},
	{"uuid.UUID (bytes with Value)", keyOf(uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))}, {"netip.Addr (struct with MarshalText)", keyOf(netip.MustParseAddr("10.0.0.1"))},
	{"struct with Value", keyOf(amount{1250})},
	{"bool", keyOf(true)}, {"float64", keyOf(2.5)}, {"time.Time", keyOf(time.Unix(0, 5))},
}

func keyOf[K any](k K) func(t *testing.T, db *sql.DB, set string) []string {
	type record struct {
		ID K   `as:"id,pk"`
		N  int `as:"n"`
	}
	return func(t *testing.T, db *sql.DB, set string) []string {
		ctx := t.Context()
		bySQL, byMapper, found := "-", "-", "-"
		_, sqlErr := db.ExecContext(ctx, "INSERT INTO "+set+"_sql (PK, n) VALUES (?, 1)", k)
		if sqlErr == nil {
			bySQL = storedKey(t, db, set+"_sql")
		}
		repo, err := mapper.New[record](db, mapper.WithSet(set))
		if err == nil {
			err = repo.Save(ctx, &record{k, 1})
		}
		if err == nil {
			byMapper = storedKey(t, db, set)
		}
		if err == nil && sqlErr == nil {
			var n int
			sqlFinds := db.QueryRowContext(ctx, "SELECT n FROM "+set+" WHERE PK = ?", k).Scan(&n) == nil
			other, err := mapper.New[record](db, mapper.WithSet(set+"_sql"))
			require.NoError(t, err)
			_, err = other.Find(ctx, k)
			found = map[bool]string{true: "yes", false: "no"}[sqlFinds && err == nil]
		}
		return []string{bySQL, byMapper, found}
	}
}

// storedKey returns the kind of the user key of the only record of a set.
func storedKey(t *testing.T, db *sql.DB, set string) string {
	client, err := driver.Client(t.Context(), db)
	require.NoError(t, err)
	for rec, err := range client.Scan(t.Context(), nil, "test", set) {
		require.NoError(t, err)
		return rec.Key.UserKey().Kind().String()
	}
	return "none"
}
