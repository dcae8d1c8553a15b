// Package buntest has the tests of the adapter for bun.
package buntest

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dbfixture"
	"github.com/uptrace/bun/migrate"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/lease"
	"github.com/aerosql/aerosql/driver"
	aerobun "github.com/aerosql/aerosql/integration/bun"
	"github.com/aerosql/aerosql/integration/tools/target"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

func TestMain(m *testing.M) {
	target.Child(map[string]func(string) error{"up": upChild, "killed": killedChild})
	goleak.VerifyTestMain(m)
}

// The models of a shop.
type (
	Author struct {
		bun.BaseModel `bun:"table:bun_authors,alias:author"`
		ID            int64 `bun:",pk,autoincrement"`
		Name          string
		Age           *int
		Score         float64
		Active        bool
		Born          time.Time `bun:",nullzero"`
		Photo         []byte
		Tags          []string
		Attrs         map[string]any
		Books         []*Book   `bun:"rel:has-many,join:id=author_id"`
		Profile       *Profile  `bun:"rel:has-one,join:id=author_id"`
		Deleted       time.Time `bun:",soft_delete,nullzero"`
	}
	Book struct {
		bun.BaseModel `bun:"table:bun_books,alias:book"`
		ID            int64 `bun:",pk,autoincrement"`
		Title         string
		AuthorID      int64
		Author        *Author `bun:"rel:belongs-to,join:author_id=id"`
		Topics        []Topic `bun:"m2m:bun_book_topics,join:Book=Topic"`
	}
	Profile struct {
		bun.BaseModel `bun:"table:bun_profiles,alias:profile"`
		Lang          string `bun:",pk"`
		AuthorID      int64
	}
	Topic struct {
		bun.BaseModel `bun:"table:bun_topics,alias:topic"`
		Code          string `bun:",pk"`
	}
	BookTopic struct {
		bun.BaseModel `bun:"table:bun_book_topics"`
		ID            string `bun:",pk"`
		BookID        int64
		Book          *Book `bun:"rel:belongs-to,join:book_id=id"`
		TopicCode     string
		Topic         *Topic `bun:"rel:belongs-to,join:topic_code=code"`
	}
)

var models = []any{(*Author)(nil), (*Book)(nil), (*Profile)(nil), (*Topic)(nil), (*BookTopic)(nil)}

// BeforeAppendModel is a hook.
func (a *Author) BeforeAppendModel(_ context.Context, query bun.Query) error {
	if _, ok := query.(*bun.InsertQuery); ok && a.Name == "refused" {
		return fmt.Errorf("refused by the hook")
	}
	return nil
}

func openBun(t *testing.T, on target.Target, parameters string) *bun.DB {
	t.Helper()
	db, err := aerobun.Open(on.DSN(parameters))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.RegisterModel((*BookTopic)(nil))
	return db
}

func open(t *testing.T) *bun.DB {
	t.Helper()
	on := target.New(t)
	on.DropAfter(t, "bun_authors", "bun_books", "bun_profiles", "bun_topics", "bun_book_topics")
	db := openBun(t, on, "")
	for _, model := range models {
		_, err := db.NewCreateTable().Model(model).IfNotExists().Exec(t.Context())
		require.NoError(t, err)
	}
	return db
}

var born = time.Date(1815, 12, 10, 1, 2, 3, 123456789, time.UTC)

func authors(t *testing.T, db *bun.DB) []*Author {
	t.Helper()
	age := 36
	list := []*Author{
		{
			Name: "Ada's", Age: &age, Score: 1.5, Active: true, Born: born, Photo: []byte{0, 255}, Tags: []string{"math", "it's"},
			Attrs: map[string]any{"k": "v"},
		},
		{Name: "Alan"},
	}
	_, err := db.NewInsert().Model(&list).Exec(t.Context())
	require.NoError(t, err)
	for _, a := range list {
		require.NotZero(t, a.ID)
	}
	return list
}

func TestQueries(t *testing.T) {
	db, ctx := open(t), t.Context()
	made := authors(t, db)
	ada := new(Author)
	require.NoError(t, db.NewSelect().Model(ada).Where("id = ?", made[0].ID).Scan(ctx))
	require.Equal(t, made[0], ada)
	alan := &Author{ID: made[1].ID}
	require.NoError(t, db.NewSelect().Model(alan).WherePK().Scan(ctx))
	require.Equal(t, made[1], alan)

	for name, c := range map[string]struct {
		query *bun.SelectQuery
		want  []string
	}{
		"in":       {db.NewSelect().Where("id IN (?)", bun.List([]int64{made[0].ID, 5})), []string{"Ada's"}},
		"string":   {db.NewSelect().Where("name = ?", "Ada's"), []string{"Ada's"}},
		"time":     {db.NewSelect().Where("born = ?", born), []string{"Ada's"}},
		"bytes":    {db.NewSelect().Where("photo = ?", []byte{0, 255}), []string{"Ada's"}},
		"list":     {db.NewSelect().Where("tags CONTAINS ?", "it's"), []string{"Ada's"}},
		"map":      {db.NewSelect().Where("attrs['k'] = ?", "v"), []string{"Ada's"}},
		"null":     {db.NewSelect().Where("age IS NULL"), []string{"Alan"}},
		"or":       {db.NewSelect().Where("name = ?", "Alan").WhereOr("score > ?", 1.0), []string{"Ada's", "Alan"}},
		"page":     {db.NewSelect().Limit(1).Offset(1), []string{"Alan"}},
		"cte":      {db.NewSelect().With("old", db.NewSelect().Model((*Author)(nil)).Column("id").Where("age > 30")).Where("id IN (SELECT id FROM old)"), []string{"Ada's"}},
		"subquery": {db.NewSelect().Where("score = (?)", db.NewSelect().Model((*Author)(nil)).ColumnExpr("MAX(score)")), []string{"Ada's"}},
	} {
		var list []Author
		require.NoError(t, c.query.Model(&list).Order("name").Scan(ctx), name)
		var got []string
		for _, a := range list {
			got = append(got, a.Name)
		}
		require.Equal(t, c.want, got, name)
	}
	count, err := db.NewSelect().Model((*Author)(nil)).Where("active").Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 1, count)
	exists, err := db.NewSelect().Model((*Author)(nil)).Where("name = ?", "Nobody").Exists(ctx)
	require.NoError(t, err)
	require.False(t, exists)
	var page []Author
	total, err := db.NewSelect().Model(&page).Limit(1).ScanAndCount(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 2, total)
	var ids []int64
	var names []string
	require.NoError(t, db.NewSelect().Model((*Author)(nil)).Column("id", "name").Order("name DESC").Scan(ctx, &ids, &names))
	require.Equal(t, []string{"Alan", "Ada's"}, names)
	var row map[string]any
	require.NoError(t, db.NewSelect().Model((*Author)(nil)).ModelTableExpr("bun_authors AS author").Column("name", "born").Where("id = ?", made[0].ID).Scan(ctx, &row))
	require.Equal(t, map[string]any{"name": "Ada's", "born": born}, row)
}

func TestWrites(t *testing.T) {
	db, ctx := open(t), t.Context()
	made := authors(t, db)
	ada := made[0]
	ada.Name, ada.Age, ada.Tags, ada.Born = "Countess", nil, []string{}, time.Time{}
	_, err := db.NewUpdate().Model(ada).WherePK().Exec(ctx)
	require.NoError(t, err)
	got := new(Author)
	require.NoError(t, db.NewSelect().Model(got).Where("id = ?", ada.ID).Scan(ctx))
	require.Equal(t, ada, got)
	result, err := db.NewUpdate().Model((*Author)(nil)).Set("score = score + ?", 2).Where("active = ?", true).Exec(ctx)
	require.NoError(t, err)
	n, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	_, err = db.NewUpdate().Model(got).Set("score = 7").WherePK().Returning("*").Exec(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 7, got.Score)
	_, err = db.NewInsert().Model(&Profile{Lang: "en", AuthorID: 1}).Exec(ctx)
	require.NoError(t, err)
	_, err = db.NewInsert().Model(&Profile{Lang: "en"}).Exec(ctx)
	require.ErrorIs(t, err, protocol.KeyExists)
	_, err = db.NewInsert().Model(&Profile{Lang: "en", AuthorID: 2}).On("CONFLICT (lang) DO UPDATE").Set("author_id = EXCLUDED.author_id").Exec(ctx)
	require.NoError(t, err)
	_, err = db.NewInsert().Model(&Profile{Lang: "en", AuthorID: 3}).Ignore().Exec(ctx)
	require.NoError(t, err)
	var id int64
	require.NoError(t, db.NewSelect().Model((*Profile)(nil)).Column("author_id").Where("lang = 'en'").Scan(ctx, &id))
	require.EqualValues(t, 2, id)
	_, err = db.NewInsert().Model(&map[string]any{"lang": "de", "author_id": 4}).TableExpr("bun_profiles").Exec(ctx)
	require.NoError(t, err)

	_, err = db.NewDelete().Model(ada).WherePK().Exec(ctx)
	require.NoError(t, err, "soft delete")
	count, err := db.NewSelect().Model((*Author)(nil)).Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 1, count)
	count, err = db.NewSelect().Model((*Author)(nil)).WhereAllWithDeleted().Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 2, count)
	_, err = db.NewDelete().Model(ada).WherePK().ForceDelete().Exec(ctx)
	require.NoError(t, err)
	_, err = db.NewTruncateTable().Model((*Profile)(nil)).Exec(ctx)
	require.NoError(t, err)
	_, err = db.NewCreateIndex().Model((*Book)(nil)).Index("bun_books_author").Column("author_id").IfNotExists().Exec(ctx)
	require.NoError(t, err)
	_, err = db.NewDropIndex().Index("bun_books_author").IfExists().Exec(ctx)
	require.NoError(t, err)
	_, err = db.NewAddColumn().Model((*Book)(nil)).ColumnExpr("pages BIGINT").Exec(ctx)
	require.NoError(t, err)
	_, err = db.NewDropColumn().Model((*Book)(nil)).Column("pages").Exec(ctx)
	require.NoError(t, err)
}

func TestRelations(t *testing.T) {
	db, ctx := open(t), t.Context()
	made := authors(t, db)
	books := []*Book{{Title: "Notes", AuthorID: made[0].ID}, {Title: "Engines", AuthorID: made[0].ID}, {Title: "Numbers", AuthorID: made[1].ID}}
	_, err := db.NewInsert().Model(&books).Exec(ctx)
	require.NoError(t, err)
	_, err = db.NewInsert().Model(&Profile{Lang: "en", AuthorID: made[0].ID}).Exec(ctx)
	require.NoError(t, err)
	_, err = db.NewInsert().Model(&[]Topic{{Code: "math"}, {Code: "it"}}).Exec(ctx)
	require.NoError(t, err)
	_, err = db.NewInsert().Model(&[]BookTopic{{ID: "1", BookID: books[0].ID, TopicCode: "math"}, {ID: "2", BookID: books[0].ID, TopicCode: "it"}}).Exec(ctx)
	require.NoError(t, err)

	var list []Author
	require.NoError(t, db.NewSelect().Model(&list).Relation("Books", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("title") }).Relation("Profile").Order("author.name").Scan(ctx))
	require.Len(t, list, 2)
	require.Len(t, list[0].Books, 2)
	require.Equal(t, "Engines", list[0].Books[0].Title)
	require.Equal(t, "en", list[0].Profile.Lang)
	require.Nil(t, list[1].Profile)
	book := new(Book)
	require.NoError(t, db.NewSelect().Model(book).Relation("Author").Relation("Topics").Where("book.id = ?", books[0].ID).Scan(ctx))
	require.Equal(t, "Ada's", book.Author.Name)
	require.Len(t, book.Topics, 2)
}

func TestRefusals(t *testing.T) {
	db, ctx := open(t), t.Context()
	_, err := db.NewInsert().Model(&Author{Name: "refused"}).Exec(ctx)
	require.ErrorContains(t, err, "refused by the hook")
	type unique struct {
		bun.BaseModel `bun:"table:bun_unique"`
		ID            int64  `bun:",pk"`
		Mail          string `bun:",unique"`
	}
	_, err = db.NewCreateTable().Model((*unique)(nil)).Exec(ctx)
	require.ErrorIs(t, err, querylang.ErrUnsupported)
	_, err = db.NewSelect().Model((*Author)(nil)).For("UPDATE").Exec(ctx)
	require.ErrorIs(t, err, querylang.ErrUnsupported)
	_, err = db.NewUpdate().Model(&[]Book{{ID: 1}}).Bulk().Exec(ctx)
	require.Error(t, err)
	require.ErrorIs(t, db.RunInTx(ctx, nil, func(context.Context, bun.Tx) error { return nil }), driver.ErrNoTransactions)
}

func TestFixtures(t *testing.T) {
	db, ctx := open(t), t.Context()
	db.RegisterModel((*Author)(nil), (*Book)(nil))
	fixture := dbfixture.New(db)
	require.NoError(t, fixture.Load(ctx, fstest.MapFS{"shop.yml": {Data: []byte(`
- model: Author
  rows:
    - _id: ada
      name: Ada
      born: '1815-12-10T01:02:03Z'
      tags: [math, art]
- model: Book
  rows:
    - title: Notes
      author_id: '{{ $.Author.ada.ID }}'
`)}}, "shop.yml"))
	book := new(Book)
	require.NoError(t, db.NewSelect().Model(book).Relation("Author").Limit(1).Scan(ctx))
	require.Equal(t, "Ada", book.Author.Name)
	require.Equal(t, []string{"math", "art"}, book.Author.Tags)
}

// migrations returns migrations that create a table and count how often they run.
func migrations(table string) (*migrate.Migrations, error) {
	m := migrate.NewMigrations()
	return m, m.Discover(fstest.MapFS{
		"1_create.up.sql":   {Data: []byte("CREATE TABLE IF NOT EXISTS " + table + " (id TEXT PRIMARY KEY, n INT);\n--bun:split\nCREATE INDEX IF NOT EXISTS " + table + "_n ON " + table + " (n) WAIT")},
		"1_create.down.sql": {Data: []byte("DROP TABLE " + table)},
		"2_fill.up.sql":     {Data: []byte("INSERT IGNORE INTO " + table + " VALUES ('runs', 0);\nUPDATE " + table + " SET n = n + 1 WHERE id = 'runs'")},
		"2_fill.down.sql":   {Data: []byte("DELETE FROM " + table)},
	})
}

func migrator(db *bun.DB, table, history string) (*migrate.Migrator, error) {
	m, err := migrations(table)
	if err != nil {
		return nil, err
	}
	return migrate.NewMigrator(db, m, migrate.WithTableName(history), migrate.WithLocksTableName(history+"_locks"), migrate.WithMarkAppliedOnSuccess(true)), nil
}

// up migrates with a lease.
func up(ctx context.Context, db *bun.DB, table, history string, o *lease.Options) (n int, err error) {
	m, err := migrator(db, table, history)
	if err != nil {
		return 0, err
	}
	err = aerobun.WithLock(ctx, db, history, o, func(ctx context.Context) error {
		if err := m.Init(ctx); err != nil {
			return err
		}
		group, err := m.Migrate(ctx)
		n = len(group.Migrations)
		return err
	})
	return n, err
}

func TestMigrations(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	on.DropAfter(t, history+"_locks", history+"_lock")
	db, ctx := openBun(t, on, ""), t.Context()
	n, err := up(ctx, db, table, history, nil)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	n, err = up(ctx, db, table, history, nil)
	require.NoError(t, err)
	require.Zero(t, n)
	m, err := migrator(db, table, history)
	require.NoError(t, err)
	status, err := m.MigrationsWithStatus(ctx)
	require.NoError(t, err)
	require.Empty(t, status.Unapplied())
	require.WithinDuration(t, time.Now(), status[0].MigratedAt, time.Minute)

	require.NoError(t, m.Lock(ctx), "bun's own lock")
	require.ErrorIs(t, m.Lock(ctx), protocol.KeyExists)
	require.NoError(t, m.Unlock(ctx))
	require.NoError(t, m.Lock(ctx))
	require.NoError(t, m.Unlock(ctx))
	group, err := m.Rollback(ctx)
	require.NoError(t, err)
	require.Len(t, group.Migrations, 2)
}

func openChild(text string) (db *bun.DB, table, history string, err error) {
	var dsn string
	if _, err = fmt.Sscan(text, &dsn, &table, &history); err != nil {
		return nil, "", "", err
	}
	db, err = aerobun.Open(dsn)
	return db, table, history, err
}

func upChild(text string) error {
	db, table, history, err := openChild(text)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = up(context.Background(), db, table, history, nil)
	return err
}

// TestEightProcesses lets eight processes migrate at the same time. Each migration runs once.
func TestEightProcesses(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	on.DropAfter(t, history+"_locks", history+"_lock")
	var all []*target.Process
	for range 8 {
		all = append(all, target.Start(t, "up", on.DSN("")+" "+table+" "+history))
	}
	for _, p := range all {
		require.NoError(t, p.Wait())
	}
	var n int
	require.NoError(t, on.Open(t, "").QueryRow("SELECT n FROM "+table+" WHERE id = 'runs'").Scan(&n))
	require.Equal(t, 1, n)
}

// killedChild is killed while it holds the lease, after the statements of the first migration.
func killedChild(text string) error {
	db, table, history, err := openChild(text)
	if err != nil {
		return err
	}
	return aerobun.WithLock(context.Background(), db, history, &lease.Options{TTL: 300 * time.Millisecond}, func(ctx context.Context) error {
		if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+table+" (id TEXT PRIMARY KEY, n INT)"); err != nil {
			return err
		}
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	})
}

// TestKilled checks that the run after a process was killed waits for its lease and continues.
func TestKilled(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	on.DropAfter(t, history+"_locks", history+"_lock")
	require.ErrorContains(t, target.Start(t, "killed", on.DSN("")+" "+table+" "+history).Wait(), "killed")
	n, err := up(t.Context(), openBun(t, on, ""), table, history, nil)
	require.NoError(t, err)
	require.Equal(t, 2, n)
}
