package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

// A play has a field for most rows of the mapper's feature matrix.
type play struct {
	ID      string                   `as:"id,pk"`
	Title   string                   `as:"title,index"`
	Acts    int                      `as:"acts,index"`
	Tags    []string                 `as:"tags"`
	Cast    map[string]int           `as:"cast"`
	Stage   stage                    `as:"stage"`
	Scenes  []scene                  `as:"scenes"`
	Author  mapper.Ref[string, play] `as:"author"`
	Note    string                   `as:"note,omitempty"`
	Draft   *string                  `as:"draft"`
	Place   mapper.GeoJSON           `as:"place"`
	Sold    sql.Null[int]            `as:"sold"`
	Price   big.Float                `as:"price,omitzero"`
	Raw     map[string]any           `as:"raw,json"`
	Code    [4]byte                  `as:"code,blob"`
	On      bool                     `as:"on,bool=native"`
	At      time.Time                `as:"at"`
	Old     int                      `as:"new_name,alias=old_name"`
	Made    time.Time                `as:"made,created"`
	Gen     uint32                   `asm:"gen"`
	Left    time.Duration            `asm:"ttl"`
	Skipped int                      `as:"-"`
	saves   int
	Embedded
}

// Embedded is embedded in play.
type Embedded struct {
	Row int `as:"row"`
}

type stage struct {
	Hall string `as:"hall"`
	Size int    `as:"size"`
}

type scene struct {
	Name string `as:"name"`
	Min  int    `as:"min"`
}

func (p *play) BeforeSave(context.Context) error { p.saves++; return nil }

func (p *play) Validate() error {
	if p.Acts < 0 {
		return errors.New("a play has acts")
	}
	return nil
}

type sceneFields struct {
	Name mapper.Text[play, string]
	Min  mapper.Num[play, int]
}

// L has the typed fields of play.
var L = mapper.MustFields[play, struct {
	ID     mapper.Text[play, string]
	Title  mapper.Text[play, string]
	Acts   mapper.Num[play, int]
	Tags   mapper.ListOf[play, string]
	Cast   mapper.MapOf[play, string, int]
	Draft  mapper.Text[play, string]
	Scenes mapper.StructList[play, scene, sceneFields]
	Row    mapper.Num[play, int]
}]()

// A matrixRun is the target of the rows.
type matrixRun struct {
	*mapper.Table[string, play]
	client *cluster.Client
	on     target
}

// A matrixRow is the test of a row of the feature matrix.
type matrixRow struct {
	name string
	test func(t *testing.T, ctx context.Context, m *matrixRun)
}

// matrixRows has a test for each row of the feature matrix that the first releases have, but for
// matrixValueRows and matrixToolRows.
var matrixRows = []matrixRow{
	{"Tags", func(t *testing.T, _ context.Context, m *matrixRun) {
		type bad struct {
			ID string `as:"id,pk"`
			A  int    `as:"a_name_of_seventeen"`
			B  int    `as:"b,omitmpty"`
		}
		_, err := mapper.New[bad](m.client, mapper.WithNamespace("test"))
		require.ErrorContains(t, err, "bad.A")
		require.ErrorContains(t, err, "bad.B")
		require.ErrorContains(t, err, "omitempty")
	}},
	{"Key", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.NoError(t, m.Insert(ctx, &play{ID: "k", Acts: 1}))
		key, err := m.Key("k")
		require.NoError(t, err)
		rec, err := m.client.Get(ctx, nil, key)
		require.NoError(t, err)
		_, stored := rec.Bin("id")
		require.False(t, stored, "the key is not a bin")
		theirs := mustKey(t, m.on.namespace, m.Set(), "k")
		digest := key.Digest()
		require.Equal(t, theirs.Digest(), digest[:])
		_, err = m.Repo.Find(ctx, 5)
		require.ErrorContains(t, err, "key")
	}},
	{"Save Insert Update Replace Delete", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.ErrorIs(t, m.Update(ctx, &play{ID: "v"}), mapper.ErrNotFound)
		require.NoError(t, m.Insert(ctx, &play{ID: "v", Note: "kept"}))
		require.ErrorIs(t, m.Insert(ctx, &play{ID: "v"}), mapper.ErrExists)
		require.NoError(t, m.Save(ctx, &play{ID: "v", Acts: 2}))
		found, err := m.Find(ctx, "v")
		require.NoError(t, err)
		require.Equal(t, "kept", found.Note, "Save merges")
		require.NoError(t, m.Replace(ctx, &play{ID: "v"}))
		found, err = m.Find(ctx, "v")
		require.NoError(t, err)
		require.Empty(t, found.Note)
		existed, err := m.Delete(ctx, "v")
		require.NoError(t, err)
		require.True(t, existed)
	}},
	{"Zero empty null", func(t *testing.T, ctx context.Context, m *matrixRun) {
		text := "x"
		require.NoError(t, m.Insert(ctx, &play{ID: "z", Acts: 3, Draft: &text, Tags: []string{}}))
		require.NoError(t, m.Save(ctx, &play{ID: "z"}))
		found, err := m.Find(ctx, "z")
		require.NoError(t, err)
		require.Zero(t, found.Acts, "zero is stored")
		require.Nil(t, found.Draft)
		require.Nil(t, found.Tags, "a nil slice is NULL")
	}},
	{"Partial update", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.NoError(t, m.Insert(ctx, &play{ID: "p", Acts: 3, Title: "T"}))
		require.NoError(t, m.Patch(ctx, "p", L.Acts.Set(0), L.Title.Append("!"), L.Row.Add(2)))
		found, err := m.Change(ctx, "p", L.Row.Add(1), mapper.If(L.Acts.Eq(0)))
		require.NoError(t, err)
		require.Equal(t, []any{0, "T!", 3}, []any{found.Acts, found.Title, found.Row})
		_, err = m.Change(ctx, "p", L.Row.Add(1), mapper.If(L.Acts.Gt(0)))
		require.ErrorIs(t, err, mapper.ErrCondition)
	}},
	{"Optimistic lock", func(t *testing.T, ctx context.Context, m *matrixRun) {
		x := &play{ID: "g"}
		require.NoError(t, m.Insert(ctx, x))
		require.EqualValues(t, 1, x.Gen)
		other := *x
		require.NoError(t, m.Save(ctx, x))
		require.EqualValues(t, 2, x.Gen, "refreshed")
		require.ErrorIs(t, m.Save(ctx, &other), mapper.ErrStale)
	}},
	{"TTL", func(t *testing.T, ctx context.Context, m *matrixRun) {
		err := m.With(mapper.TTL(time.Hour)).Insert(ctx, &play{ID: "t"})
		if m.on.real && err != nil {
			t.Skip("the namespace of the server has no expiry: nsup-period is 0")
		}
		require.NoError(t, err)
		found, err := m.Find(ctx, "t")
		require.NoError(t, err)
		require.InDelta(t, time.Hour.Seconds(), found.Left.Seconds(), 2)
	}},
	{"Find and FindMany", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.NoError(t, m.InsertMany(ctx, &play{ID: "f1"}, &play{ID: "f2"}))
		found, err := m.FindMany(ctx, "f2", "none", "f1")
		require.NoError(t, err)
		require.Equal(t, "f2", found[0].ID)
		require.Nil(t, found[1])
		_, err = m.Find(ctx, "none")
		require.ErrorIs(t, err, mapper.ErrNotFound)
	}},
	{"Typed iterator", func(t *testing.T, ctx context.Context, m *matrixRun) {
		seen := 0
		for x, err := range m.All().Reuse().Rows(ctx) {
			require.NoError(t, err)
			require.NotEmpty(t, x.ID)
			if seen++; seen == 2 {
				break
			}
		}
		require.Equal(t, 2, seen)
	}},
	{"Query builder", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.NoError(t, m.InsertMany(ctx, (&play{ID: "q1"}).row(101), (&play{ID: "q2"}).row(102), (&play{ID: "q3"}).row(103)))
		n, err := m.All().Where(mapper.Or(L.Row.Eq(101), mapper.And(L.Row.Gt(101), mapper.Not(L.Row.Eq(103))))).Count(ctx)
		require.NoError(t, err)
		require.EqualValues(t, 2, n)
		n, err = m.All().WhereText("row BETWEEN ? AND ?", 102, 103).Count(ctx)
		require.NoError(t, err)
		require.EqualValues(t, 2, n)
	}},
	{"No silent scan", func(t *testing.T, ctx context.Context, m *matrixRun) {
		_, err := m.Where(L.Row.Gt(1)).Slice(ctx)
		require.ErrorIs(t, err, mapper.ErrNeedsScan)
		plan, err := m.Where(L.ID.Eq("q1")).Explain(ctx)
		require.NoError(t, err)
		require.NotEmpty(t, plan.Steps)
	}},
	{"Projection", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type titles struct {
			Title string `as:"title"`
		}
		require.NoError(t, m.Insert(ctx, &play{ID: "s", Title: "only", Acts: 5}))
		found, err := mapper.Select[titles](m.Where(L.ID.Eq("s"))).Slice(ctx)
		require.NoError(t, err)
		require.Equal(t, []*titles{{"only"}}, found)
	}},
	{"Pagination", func(t *testing.T, ctx context.Context, m *matrixRun) {
		var all []*play
		for i := range 25 {
			all = append(all, (&play{ID: fmt.Sprint("page", i), Acts: 7000 + i%3}).row(900))
		}
		require.NoError(t, m.InsertMany(ctx, all...))
		for name, q := range map[string]mapper.Query[play]{
			"unordered": m.All().Where(L.Row.Eq(900)), "ordered": m.All().Where(L.Row.Eq(900)).OrderBy(L.Acts.Desc()),
		} {
			seen := map[string]bool{}
			for from := mapper.Cursor(""); ; {
				page, err := q.Page(ctx, from, 4)
				require.NoError(t, err, name)
				for _, x := range page.Items {
					require.False(t, seen[x.ID], "%s: %s twice", name, x.ID)
					seen[x.ID] = true
				}
				if from = page.Next; from == "" {
					break
				}
				_, err = m.All().Where(L.Row.Eq(901)).Page(ctx, from, 4)
				require.Error(t, err, "a cursor of another query")
			}
			require.Len(t, seen, 25, name)
		}
	}},
	{"Sort and limit", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.NoError(t, m.InsertMany(ctx, (&play{ID: "o1", Acts: 2}).row(300), (&play{ID: "o2", Acts: 1}).row(300), (&play{ID: "o3", Acts: 3}).row(300)))
		found, err := m.All().Where(L.Row.Eq(300)).OrderBy(L.Acts.Desc()).Limit(2).Slice(ctx)
		require.NoError(t, err)
		require.Equal(t, []string{"o3", "o1"}, []string{found[0].ID, found[1].ID})
	}},
	{"Groups", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.NoError(t, m.InsertMany(ctx, (&play{ID: "gr1", Acts: 2}).row(400), (&play{ID: "gr2", Acts: 2}).row(400), (&play{ID: "gr3", Acts: 3}).row(400)))
		type group struct {
			Acts int
			N    int64
		}
		found, err := mapper.GroupBy[group](m.All().Where(L.Row.Eq(400)), L.Acts.By(), mapper.Count[play]().As("N")).Desc("N").Slice(ctx)
		require.NoError(t, err)
		require.Equal(t, []*group{{2, 2}, {3, 1}}, found)
	}},
	{"Batch write", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.NoError(t, m.Insert(ctx, &play{ID: "b2"}))
		err := m.InsertMany(ctx, &play{ID: "b1"}, &play{ID: "b2"}, &play{ID: "b3", Acts: -1})
		many, ok := errors.AsType[*mapper.ManyError](err)
		require.True(t, ok)
		require.NoError(t, many.Errors[0])
		require.ErrorIs(t, many.Errors[1], mapper.ErrExists)
		require.ErrorContains(t, many.Errors[2], "a play has acts")
		require.NoError(t, m.PatchMany(ctx, []string{"b1", "b2"}, L.Acts.Set(4)))
		there, err := m.ExistsMany(ctx, "b1", "b3")
		require.NoError(t, err)
		require.Equal(t, []bool{true, false}, there)
		n, err := m.DeleteMany(ctx, "b1", "b2", "b3")
		require.NoError(t, err)
		require.Equal(t, 2, n)
	}},
	{"Embedded and inline", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type outer struct {
			ID string `as:"id,pk"`
			Embedded
			*stage
			Side stage `as:"side_,inline"`
		}
		rec := kept(t, ctx, m, &outer{ID: "kept", Embedded: Embedded{7}, stage: &stage{"Globe", 3000}, Side: stage{"Rose", 1}})
		requireBins(t, rec, map[string]string{"row": "integer 7", "hall": `string "Globe"`, "size": "integer 3000", "side_hall": `string "Rose"`, "side_size": "integer 1"})
		_, err := mapper.New[struct {
			ID string `as:"id,pk"`
			stage
			Other struct {
				Hall string `as:"hall"`
			} `as:",inline"`
		}](m.client, mapper.WithNamespace("test"), mapper.WithSet("x"))
		require.ErrorContains(t, err, `Other.Hall: bin "hall" is already used by field stage.Hall`)
	}},
	{"Nested struct", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type nested struct {
			ID     string           `as:"id,pk"`
			Stage  stage            `as:"stage"`
			None   *stage           `as:"none"`
			List   stage            `as:"list,list"`
			Scenes map[string]scene `as:"scenes"`
		}
		rec := kept(t, ctx, m, &nested{"kept", stage{"Globe", 3000}, nil, stage{"Rose", 1}, map[string]scene{"a": {"one", 1}}})
		requireBins(t, rec, map[string]string{
			"stage": `map {"hall": "Globe", "size": 3000}`, "none": "", "list": `list ["Rose", 1]`, "scenes": `map {"a": {"min": 1, "name": "one"}}`,
		})
	}},
	{"List and map operations", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.NoError(t, m.Insert(ctx, &play{ID: "c", Tags: []string{"a"}, Cast: map[string]int{"x": 1}, Scenes: []scene{{"one", 1}, {"two", 2}}}))
		err := m.Patch(ctx, "c", L.Tags.AppendUnique("a", "b"), L.Cast.Put("y", 2), L.Cast.Delete("x"), L.Scenes.At(1).Min.Add(5), L.Scenes.Append(scene{"three", 3}))
		require.NoError(t, err)
		found, err := m.Find(ctx, "c")
		require.NoError(t, err)
		require.Equal(t, []string{"a", "b"}, found.Tags)
		require.Equal(t, map[string]int{"y": 2}, found.Cast)
		require.Equal(t, []scene{{"one", 1}, {"two", 7}, {"three", 3}}, found.Scenes)
	}},
	{"References", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.NoError(t, m.InsertMany(ctx, &play{ID: "r1", Title: "first"}, &play{ID: "r2", Author: mapper.RefTo[string, play]("r1")}, &play{ID: "r3", Author: mapper.RefTo[string, play]("gone")}))
		found, err := m.FindMany(ctx, "r2", "r3")
		require.NoError(t, err)
		require.NoError(t, mapper.Load(ctx, m.Table, func(p *play) *mapper.Ref[string, play] { return &p.Author }, found...))
		require.Equal(t, "first", found[0].Author.Got.Title)
		require.Nil(t, found[1].Author.Got)
	}},
	{"Hooks audit and soft delete", func(t *testing.T, ctx context.Context, m *matrixRun) {
		x := &play{ID: "h"}
		require.NoError(t, m.Save(ctx, x))
		require.Equal(t, 1, x.saves)
		require.WithinDuration(t, time.Now(), x.Made, time.Minute)
		made := x.Made
		y := &play{ID: "h"}
		require.NoError(t, m.Save(ctx, y))
		require.Equal(t, made, y.Made, "created is set once")
		require.ErrorContains(t, m.Save(ctx, &play{ID: "h", Acts: -1}), "a play has acts")
		type note struct {
			ID      string    `as:"id,pk"`
			Text    string    `as:"text"`
			Deleted time.Time `as:"deleted,deleted"`
		}
		notes, err := mapper.NewTable[string, note](m.client, mapper.WithNamespace(m.on.namespace), mapper.WithSet(m.Set()))
		require.NoError(t, err)
		require.NoError(t, notes.Insert(ctx, &note{ID: "soft", Text: "x"}))
		existed, err := notes.Delete(ctx, "soft")
		require.NoError(t, err)
		require.True(t, existed)
		_, err = notes.Find(ctx, "soft")
		require.ErrorIs(t, err, mapper.ErrNotFound)
		found, err := notes.With(mapper.IncludeDeleted()).Find(ctx, "soft")
		require.NoError(t, err)
		require.Equal(t, "x", found.Text)
		_, err = notes.With(mapper.Purge()).Delete(ctx, "soft")
		require.NoError(t, err)
	}},
	{"Transactions", func(t *testing.T, ctx context.Context, _ *matrixRun) {
		server, err := devserver.Start(devserver.Options{
			Edition: devserver.Enterprise, Namespaces: []devserver.NamespaceOptions{{Name: "test", StrongConsistency: true}},
		})
		require.NoError(t, err)
		defer server.Close()
		client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
		require.NoError(t, err)
		defer client.Close()
		db := sql.OpenDB(driver.NewClientConnector(client, driver.Config{Namespace: "test"}))
		defer db.Close()
		tx, err := db.BeginTx(ctx, nil)
		require.NoError(t, err)
		within, err := mapper.New[play](tx)
		require.NoError(t, err)
		require.NoError(t, within.SaveMany(ctx, &play{ID: "x"}, &play{ID: "y"}))
		for _, err := range within.ScanAll(ctx) {
			require.ErrorIs(t, err, cluster.ErrTxnQuery)
		}
		require.NoError(t, tx.Rollback())
		outside, err := mapper.New[play](db)
		require.NoError(t, err)
		there, err := outside.ExistsMany(ctx, "x", "y")
		require.NoError(t, err)
		require.Equal(t, []bool{false, false}, there)
	}},
	{"Index migration", func(t *testing.T, ctx context.Context, m *matrixRun) {
		if m.on.real {
			t.Skip("it would leave a table in the server's catalog")
		}
		plan, err := mapper.PlanMigration(ctx, m)
		require.NoError(t, err)
		require.Len(t, plan.Create, 3)
		require.NoError(t, plan.Apply(ctx))
		plan, err = mapper.PlanMigration(ctx, m)
		require.NoError(t, err)
		require.True(t, plan.IsEmpty(), "%v", plan)
		_, err = m.Where(L.Acts.Gt(100)).Count(ctx)
		require.NoError(t, err, "no scan any more")
	}},
	{"Schema evolution", func(t *testing.T, ctx context.Context, m *matrixRun) {
		key, err := m.Key("old")
		require.NoError(t, err)
		require.NoError(t, m.client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("old_name", 5), protocol.NewBin("unknown", 6)}))
		x, err := m.Find(ctx, "old")
		require.NoError(t, err)
		require.Equal(t, 5, x.Old)
		require.NoError(t, m.Save(ctx, x))
		rec, err := m.client.Get(ctx, nil, key)
		require.NoError(t, err)
		_, old := rec.Bin("old_name")
		_, unknown := rec.Bin("unknown")
		require.Equal(t, []bool{false, true}, []bool{old, unknown})
	}},
}

func (p *play) row(n int) *play { p.Row = n; return p }

// TestMapperMatrix runs each row of the feature matrix, on the server that AEROSQL_ADDR names or on
// devservers.
func TestMapperMatrix(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		table, err := mapper.NewTable[string, play](client, mapper.WithNamespace(on.namespace), mapper.WithSet(on.set(t, client)),
			mapper.WithCursorKey([]byte("secret of the test")))
		require.NoError(t, err)
		for _, row := range slices.Concat(matrixRows, matrixValueRows, matrixToolRows) {
			t.Run(row.name, func(t *testing.T) { row.test(t, t.Context(), &matrixRun{table, client, on}) })
		}
	})
}
