package mapper_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/mapper"
)

type Reader struct {
	ID    string                     `as:"id,pk"`
	Name  string                     `as:"name,index"`
	Age   int                        `as:"age,index"`
	Tags  []string                   `as:"tags,index"`
	Prefs map[string]string          `as:"prefs"`
	Home  mapper.GeoJSON             `as:"home,index"`
	Loans []Loan                     `as:"loans"`
	Boss  mapper.Ref[string, Reader] `as:"boss"`
	Since time.Time                  `as:"since,created"`
}

type Loan struct {
	Book string `as:"book"`
	Days int    `as:"days"`
}

type loanFields struct {
	Book mapper.Text[Reader, string]
	Days mapper.Num[Reader, int]
}

type readerFields struct {
	ID    mapper.Text[Reader, string]
	Name  mapper.Text[Reader, string]
	Age   mapper.Num[Reader, int]
	Tags  mapper.ListOf[Reader, string]
	Prefs mapper.MapOf[Reader, string, string]
	Home  mapper.Geo[Reader]
	Loans mapper.StructList[Reader, Loan, loanFields]
}

var R = mapper.MustFields[Reader, readerFields]()

// library returns a table with three readers and the indexes of the tags.
func library(name string) (*mapper.Table[string, Reader], *sql.DB) {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://"+name+"/test")
	must(err)
	readers, err := mapper.NewTable[string, Reader](db, mapper.WithCursorKey([]byte("a secret of the program")))
	must(err)
	m, err := mapper.PlanMigration(ctx, readers)
	must(err)
	must(m.Apply(ctx))
	must(readers.SaveMany(ctx,
		&Reader{ID: "ada", Name: "Ada", Age: 36, Tags: []string{"tea"}, Home: mapper.Point(-0.1, 51.5), Loans: []Loan{{"Emma", 3}}},
		&Reader{ID: "bob", Name: "Bob", Age: 17, Boss: mapper.RefTo[string, Reader]("ada")},
		&Reader{ID: "eve", Name: "Eve", Age: 64, Tags: []string{"tea", "go"}, Boss: mapper.RefTo[string, Reader]("ada")}))
	return readers, db
}

func ExampleQuery() {
	readers, db := library("example-query")
	defer db.Close()
	ctx := context.Background()

	adults := readers.Where(R.Age.Ge(18), R.Tags.Contains("tea"))
	for reader, err := range adults.Where(R.Name.HasPrefix("A")).Rows(ctx) {
		must(err)
		fmt.Println(reader.Name)
	}
	n, err := adults.Count(ctx)
	must(err)
	oldest, err := adults.OrderBy(R.Age.Desc()).First(ctx)
	must(err)
	fmt.Println(n, oldest.Name)
	// Output:
	// Ada
	// 2 Eve
}

// A query that no index serves is refused.
func ExampleQuery_AllowScan() {
	readers, db := library("example-scan")
	defer db.Close()
	ctx := context.Background()

	long := readers.Where(R.Loans.At(0).Days.Gt(2))
	_, err := long.Count(ctx)
	fmt.Println(errors.Is(err, mapper.ErrNeedsScan))
	n, err := long.AllowScan().Count(ctx)
	fmt.Println(n, err)
	// Output:
	// true
	// 1 <nil>
}

func ExampleRepo_WhereText() {
	readers, db := library("example-text")
	defer db.Close()

	n, err := readers.WhereText("age BETWEEN ? AND ? AND tags CONTAINS ?", 18, 40, "tea").Count(context.Background())
	fmt.Println(n, err)
	// Output: 1 <nil>
}

func ExampleRepo_Patch() {
	readers, db := library("example-patch")
	defer db.Close()
	ctx := context.Background()

	err := readers.Patch(ctx, "ada",
		R.Name.Set("Ada L."), R.Tags.AppendUnique("tea", "math"), R.Prefs.Put("lang", "en"), R.Loans.At(0).Days.Add(7))
	must(err)
	ada, err := readers.Find(ctx, "ada")
	must(err)
	fmt.Println(ada.Name, ada.Tags, ada.Prefs, ada.Loans)
	// Output: Ada L. [tea math] map[lang:en] [{Emma 10}]
}

func ExampleTable_Change() {
	readers, db := library("example-change")
	defer db.Close()
	ctx := context.Background()

	bob, err := readers.Change(ctx, "bob", R.Age.Add(1), mapper.If(R.Age.Lt(18)))
	must(err)
	fmt.Println(bob.Age)
	_, err = readers.Change(ctx, "bob", R.Age.Add(1), mapper.If(R.Age.Lt(18)))
	fmt.Println(errors.Is(err, mapper.ErrCondition))
	// Output:
	// 18
	// true
}

func ExampleRepo_Upsert() {
	readers, db := library("example-upsert")
	defer db.Close()
	ctx := context.Background()

	for range 2 {
		inserted, err := readers.Upsert(ctx, &Reader{ID: "zoe", Name: "Zoe", Age: 20}, R.Age.Add(1))
		fmt.Println(inserted, err)
	}
	// Output:
	// true <nil>
	// false <nil>
}

func ExampleQuery_Page() {
	readers, db := library("example-page")
	defer db.Close()
	ctx := context.Background()

	byName := readers.All().OrderBy(R.Name.Asc())
	for next := mapper.Cursor(""); ; {
		page, err := byName.Page(ctx, next, 2)
		must(err)
		for _, reader := range page.Items {
			fmt.Print(reader.Name, " ")
		}
		if next = page.Next; next == "" {
			break
		}
	}
	// Output: Ada Bob Eve
}

func ExampleSelect() {
	readers, db := library("example-select")
	defer db.Close()

	type NameOnly struct {
		Name string `as:"name"`
	}
	names, err := mapper.Select[NameOnly](readers.Where(R.Age.Gt(40))).Slice(context.Background())
	must(err)
	fmt.Println(names[0].Name)
	// Output: Eve
}

func ExampleGroupBy() {
	readers, db := library("example-groups")
	defer db.Close()

	type Stats struct {
		Readers int64
		Oldest  int
		Mean    float64
	}
	stats, err := mapper.GroupBy[Stats](readers.All(),
		mapper.Count[Reader]().As("Readers"), R.Age.Max().As("Oldest"), R.Age.Avg().As("Mean")).One(context.Background())
	must(err)
	fmt.Println(stats.Readers, stats.Oldest, stats.Mean)
	// Output: 3 64 39
}

// By takes the field of the result that has its bin.
func ExampleField_By() {
	readers, db := library("example-by")
	defer db.Close()

	type ByBoss struct {
		Boss    mapper.Ref[string, Reader] `as:"boss"`
		Readers int64
	}
	boss := mapper.Of(func(r *Reader) *mapper.Ref[string, Reader] { return &r.Boss })
	groups := mapper.GroupBy[ByBoss](readers.All(), boss.By(), mapper.Count[Reader]().As("Readers"))
	for g, err := range groups.Desc("Readers").Rows(context.Background()) {
		must(err)
		fmt.Println(g.Boss.Key, g.Readers)
	}
	// Output:
	// ada 2
	//  1
}

func ExamplePrepare() {
	readers, db := library("example-prepare")
	defer db.Close()
	_ = readers

	type Team struct {
		Boss string `as:"boss"`
		Size int    `as:"size"`
	}
	teams, err := mapper.Prepare[Team](db,
		"SELECT b.name AS boss, COUNT(*) AS size FROM reader r JOIN reader b ON b.id = r.boss WHERE r.age > ? GROUP BY b.name")
	must(err)
	for team, err := range teams.Rows(context.Background(), 16) {
		must(err)
		fmt.Println(team.Boss, team.Size)
	}
	// Output: Ada 2
}

func ExampleLoad() {
	readers, db := library("example-load")
	defer db.Close()
	ctx := context.Background()

	team, err := readers.FindMany(ctx, "bob", "eve")
	must(err)
	must(mapper.Load(ctx, readers, func(r *Reader) *mapper.Ref[string, Reader] { return &r.Boss }, team...))
	fmt.Println(team[0].Boss.Got.Name, team[1].Boss.Got.Name)
	// Output: Ada Ada
}

func ExampleQuery_Patch() {
	readers, db := library("example-background")
	defer db.Close()
	ctx := context.Background()

	task, err := readers.Where(R.Age.Lt(18)).Patch(ctx, R.Tags.Append("minor"))
	must(err)
	must(task.Wait(ctx))
	bob, err := readers.Find(ctx, "bob")
	must(err)
	fmt.Println(bob.Tags)
	// Output: [minor]
}

func ExampleOf() {
	readers, db := library("example-of")
	defer db.Close()

	age := mapper.NumOf(func(r *Reader) *int { return &r.Age })
	n, err := readers.Where(age.Between(30, 40)).Count(context.Background())
	fmt.Println(n, err)
	// Output: 1 <nil>
}

func ExampleGeo() {
	readers, db := library("example-geo")
	defer db.Close()

	near, err := readers.Where(R.Home.Within(-0.12, 51.51, 5000)).First(context.Background())
	must(err)
	fmt.Println(near.Name)
	// Output: Ada
}

func ExamplePlanMigration() {
	readers, db := library("example-migration")
	defer db.Close()

	m, err := mapper.PlanMigration(context.Background(), readers)
	must(err)
	fmt.Println(m.IsEmpty())
	var name string
	must(db.QueryRow("SELECT name FROM reader WHERE id = 'eve'").Scan(&name))
	fmt.Println(name)
	// Output:
	// true
	// Eve
}
