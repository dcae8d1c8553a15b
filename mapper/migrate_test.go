package mapper_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

// article has an index of each kind.
type article struct {
	Slug   string            `as:"slug,pk"`
	Title  string            `as:"title,index"`
	Stars  int               `as:"stars,index=by_stars"`
	Out    time.Time         `as:"out,index"`
	Tags   []string          `as:"tags,index"`
	Meta   map[string]string `as:"meta,index"`
	At     mapper.GeoJSON    `as:"at,index"`
	Price  string            `as:"price,scale=2,index"`
	Score  float64           `as:"score"`
	Draft  bool              `as:"draft"`
	Author struct {
		Name string
	} `as:"author"`
}

type articleFields struct {
	Title mapper.Text[article, string]
	Stars mapper.Num[article, int]
	Out   mapper.Time[article]
	Tags  mapper.ListOf[article, string]
	Meta  mapper.MapOf[article, string, string]
	At    mapper.Geo[article]
}

var A = mapper.MustFields[article, articleFields]()

func TestMigration(t *testing.T) {
	ctx := context.Background()
	db := memDB(t, "")
	table, err := mapper.NewTable[string, article](db)
	require.NoError(t, err)
	m, err := mapper.PlanMigration(ctx, table)
	require.NoError(t, err)
	require.False(t, m.IsEmpty())
	require.Equal(t, []string{
		"CREATE TABLE IF NOT EXISTS test.article (slug VARCHAR PRIMARY KEY, title VARCHAR, stars INTEGER, out TIMESTAMP, tags LIST, meta MAP, " +
			"at GEOJSON, price DECIMAL(18, 2), score DOUBLE, draft, author MAP)",
		"CREATE INDEX IF NOT EXISTS article_title ON test.article (title) TYPE STRING",
		"CREATE INDEX IF NOT EXISTS by_stars ON test.article (stars) TYPE NUMERIC",
		"CREATE INDEX IF NOT EXISTS article_out ON test.article (out) TYPE NUMERIC",
		"CREATE LIST INDEX IF NOT EXISTS article_tags ON test.article (tags) TYPE STRING",
		"CREATE MAPKEYS INDEX IF NOT EXISTS article_meta ON test.article (meta) TYPE STRING",
		"CREATE INDEX IF NOT EXISTS article_at ON test.article (at) TYPE GEO2DSPHERE",
		"CREATE INDEX IF NOT EXISTS article_price ON test.article (price) TYPE NUMERIC",
	}, m.Create)
	require.NoError(t, m.Apply(ctx))
	require.NoError(t, m.Apply(ctx), "a second program applies the same migration")
	m, err = mapper.PlanMigration(ctx, table)
	require.NoError(t, err)
	require.True(t, m.IsEmpty(), m.String())
	require.Empty(t, m.Extra)

	// Each index serves the condition of its field.
	require.NoError(t, table.Save(ctx, &article{
		Slug: "a", Title: "T", Stars: 5, Out: time.Unix(1700000000, 0), Tags: []string{"x"}, Meta: map[string]string{"k": "v"},
		At: mapper.Point(1, 1), Price: "9.90",
	}))
	for name, c := range map[string]mapper.Cond[article]{
		"title": A.Title.Eq("T"), "stars": A.Stars.Gt(4), "out": A.Out.Since(time.Unix(1, 0)), "tags": A.Tags.Contains("x"),
		"meta": A.Meta.HasKey("k"), "at": A.At.Within(1, 1, 100),
	} {
		found, err := table.Where(c).Slice(ctx)
		require.NoError(t, err, name)
		require.Len(t, found, 1, name)
	}

	// SQL sees the declared columns and types.
	var slug, price string
	var out time.Time
	require.NoError(t, db.QueryRow("SELECT slug, price, out FROM article WHERE stars >= 5").Scan(&slug, &price, &out))
	require.Equal(t, "a", slug)
	require.Equal(t, "9.90", price)
	require.Equal(t, time.Unix(1700000000, 0).UTC(), out.UTC())
}

func TestMigrationDifferences(t *testing.T) {
	ctx := context.Background()
	db := memDB(t, "")
	for _, text := range []string{
		"CREATE TABLE article (slug VARCHAR PRIMARY KEY, title INTEGER, old VARCHAR, out TIMESTAMP)",
		"CREATE INDEX by_stars ON article (old) STRING WAIT",
		"CREATE INDEX mine ON article (out) NUMERIC WAIT",
		"CREATE INDEX more ON article (title) NUMERIC WAIT",
	} {
		_, err := db.Exec(text)
		require.NoError(t, err, text)
	}
	table, err := mapper.NewTable[string, article](db)
	require.NoError(t, err)
	m, err := mapper.PlanMigration(ctx, table)
	require.NoError(t, err)
	require.Contains(t, m.Create, "ALTER TABLE test.article ADD COLUMN IF NOT EXISTS stars INTEGER")
	require.NotContains(t, m.String(), "article_out", "another index has the definition")
	require.Equal(t, []string{
		"column title of test.article is an INTEGER, the struct has a VARCHAR",
		`index by_stars has another definition than the tag of bin "stars" of test.article`,
	}, m.Differs)
	require.Equal(t, []string{"column old of test.article", "index more of test.article"}, m.Extra)
}

// Two types for one set. Each has bins that the other does not have.
type (
	parcelNew struct {
		ID    string `as:"id,pk"`
		Width int    `as:"width,index"`
		Place string `as:"place,index"`
	}
	parcelOld struct {
		ID     string `as:"id,pk"`
		Width  int    `as:"width,index"`
		Color  string `as:"color"`
		Weight string `as:"weight,index=parcel_place"`
	}
)

// TestMigrationOfTypesThatShareASet: each column and index is created once, and what one type has
// is not extra because the other doesn't have it.
func TestMigrationOfTypesThatShareASet(t *testing.T) {
	ctx := t.Context()
	db := memDB(t, "")
	a, err := mapper.New[parcelNew](db, mapper.WithSet("parcel"))
	require.NoError(t, err)
	b, err := mapper.New[parcelOld](db, mapper.WithSet("parcel"))
	require.NoError(t, err)
	m, err := mapper.PlanMigration(ctx, a, b)
	require.NoError(t, err)
	require.Equal(t, []string{
		"CREATE TABLE IF NOT EXISTS test.parcel (id VARCHAR PRIMARY KEY, width INTEGER, place VARCHAR)",
		"CREATE INDEX IF NOT EXISTS parcel_width ON test.parcel (width) TYPE NUMERIC",
		"CREATE INDEX IF NOT EXISTS parcel_place ON test.parcel (place) TYPE STRING",
		"ALTER TABLE test.parcel ADD COLUMN IF NOT EXISTS color VARCHAR",
		"ALTER TABLE test.parcel ADD COLUMN IF NOT EXISTS weight VARCHAR",
	}, m.Create)
	require.Equal(t, []string{`index parcel_place of bin "weight" of test.parcel is also the name of the index of bin "place" of test.parcel`}, m.Differs)
	require.NoError(t, m.Apply(ctx))
	m, err = mapper.PlanMigration(ctx, b, a)
	require.NoError(t, err)
	require.Empty(t, m.Create)
	require.Empty(t, m.Extra)
	m, err = mapper.PlanMigration(ctx, a)
	require.NoError(t, err)
	require.Equal(t, []string{"column color of test.parcel", "column weight of test.parcel"}, m.Extra)
	_, err = mapper.PlanMigration(ctx, a, nil)
	require.EqualError(t, err, "mapper: migration: repository 2 is nil")
}

// TestMigrationByProgramsAtOnce: programs that start together plan and apply the same migration.
func TestMigrationByProgramsAtOnce(t *testing.T) {
	ctx := t.Context()
	db := memDB(t, "")
	r, err := mapper.New[article](db)
	require.NoError(t, err)
	var programs sync.WaitGroup
	for range 6 {
		programs.Go(func() {
			m, err := mapper.PlanMigration(ctx, r)
			assert.NoError(t, err)
			assert.NoError(t, m.Apply(ctx))
		})
	}
	programs.Wait()
	m, err := mapper.PlanMigration(ctx, r)
	require.NoError(t, err)
	require.True(t, m.IsEmpty(), m.String())
	require.Empty(t, m.Extra)
}

func TestIndexTags(t *testing.T) {
	for want, err := range map[string]error{
		"struct.A: option index: an index has integers, times, strings, bytes or GeoJSON": newOf[struct {
			ID string  `as:"id,pk"`
			A  float64 `as:"a,index"`
		}](),
		"struct.B: option index: a struct has no index": newOf[struct {
			ID string          `as:"id,pk"`
			B  struct{ X int } `as:"b,index"`
		}](),
		"struct.C: option index: the name of an index": newOf[struct {
			ID string `as:"id,pk"`
			C  int    `as:"c,index=a:b"`
		}](),
		"struct.D: option index: an index has": newOf[struct {
			ID string `as:"id,pk"`
			D  []bool `as:"d,index"`
		}](),
		"struct.B: option index: the index i is also that of bin \"a\"": newOf[struct {
			ID string `as:"id,pk"`
			A  int    `as:"a,index=i"`
			B  int    `as:"b,index=i"`
		}](),
	} {
		require.ErrorContains(t, err, want)
	}
}
