package gormtest

import (
	"database/sql"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
)

// A Sample has fields whose values are at the limits of their types.
type Sample struct {
	ID     int64 `gorm:"autoIncrement:false"`
	Big    uint64
	Small  int8
	Ratio  float32
	Price  string `gorm:"type:DECIMAL(18, 2)"`
	At     time.Time
	Day    time.Time `gorm:"type:DATE"`
	Until  sql.NullTime
	Text   sql.NullString
	Number *int64
	Bytes  []byte
	List   []int64 `gorm:"serializer:aerospike"`
	Nested struct {
		Names []string
		Deep  map[string]any
	} `gorm:"serializer:aerospike"`
}

// TestValuesAtLimits writes values at the limits of their types, and NULLs, and reads the same
// values. What can't be stored is an error.
func TestValuesAtLimits(t *testing.T) {
	db := open(t, "")
	require.NoError(t, db.AutoMigrate(&Sample{}))
	defer func() { require.NoError(t, db.Migrator().DropTable(&Sample{})) }()
	at := time.Date(2026, 2, 28, 23, 59, 59, 999_999_999, time.FixedZone("", 5*3600))
	samples := []Sample{
		{ID: math.MinInt64, Small: math.MinInt8, Price: "-9999999999999999.99", At: at},
		{
			ID: math.MaxInt64, Big: math.MaxInt64, Small: math.MaxInt8, Ratio: math.MaxFloat32, Price: "0.01", At: time.Unix(0, math.MaxInt64), Day: time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC),
			Until: sql.NullTime{Time: at, Valid: true}, Text: sql.NullString{String: "a'\"\\\x00\n", Valid: true}, Number: new(int64), Bytes: []byte{0}, List: []int64{math.MinInt64, math.MaxInt64},
		},
	}
	samples[1].Nested.Names, samples[1].Nested.Deep = []string{""}, map[string]any{"k": []any{"x", nil}}
	for _, want := range samples {
		if want.Day.IsZero() {
			want.Day = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC) // the zero time is before the first that nanoseconds can count
		}
		require.NoError(t, db.Create(&want).Error)
		var got Sample
		require.NoError(t, db.First(&got, want.ID).Error)
		require.True(t, want.At.Equal(got.At), "%v %v", want.At, got.At)
		require.True(t, want.Until.Time.Equal(got.Until.Time))
		require.Equal(t, want.Until.Valid, got.Until.Valid)
		require.Equal(t, want.Day.UTC().Format(time.DateOnly), got.Day.Format(time.DateOnly))
		want.At, want.Day, want.Until = got.At, got.Day, got.Until
		require.Equal(t, want, got)
		var count int64
		require.NoError(t, db.Model(&Sample{}).Where("at = ? AND price = ? AND small = ?", want.At, want.Price, want.Small).Count(&count).Error)
		require.EqualValues(t, 1, count)
	}
	require.ErrorContains(t, db.Create(&Sample{ID: 1, Big: math.MaxInt64 + 1, At: at, Day: time.Unix(0, 0), Price: "1"}).Error, "9223372036854775808")
	require.Error(t, db.Create(&Sample{ID: 2, At: at, Day: time.Unix(0, 0), Price: "1.234567"}).Error)
	require.Error(t, db.Create(&Sample{ID: 3, At: at, Day: time.Unix(0, 0), Price: "ten"}).Error)
	var list driver.Document[[]int64]
	require.NoError(t, db.Raw("SELECT list FROM samples WHERE list CONTAINS ?", int64(math.MaxInt64)).Row().Scan(&list))
	require.Len(t, list.V, 2)
}
