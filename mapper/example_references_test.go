package mapper_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/aerosql/aerosql/mapper"
)

type Author struct {
	ID   string `as:"id,pk"`
	Name string `as:"name"`
}

type Book struct {
	ID     int64                      `as:"id,pk"`
	Title  string                     `as:"title"`
	Author mapper.Ref[string, Author] `as:"author,index"`
}

type Shelf struct {
	ID    string                    `as:"id,pk"`
	Books []mapper.Ref[int64, Book] `as:"books"`
}

type bookFields struct {
	Title  mapper.Text[Book, string]
	Author mapper.RefField[Book, string, Author]
}

var B = mapper.MustFields[Book, bookFields]()

// A catalog has tables that refer to each other.
type catalog struct {
	authors *mapper.Table[string, Author]
	books   *mapper.Table[int64, Book]
	shelves *mapper.Table[string, Shelf]
}

// openCatalog returns tables with two authors, three books and a shelf.
func openCatalog(name string) (catalog, *sql.DB) {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://"+name+"/test")
	must(err)
	var c catalog
	c.authors, err = mapper.NewTable[string, Author](db)
	must(err)
	c.books, err = mapper.NewTable[int64, Book](db)
	must(err)
	c.shelves, err = mapper.NewTable[string, Shelf](db)
	must(err)
	m, err := mapper.PlanMigration(ctx, c.authors, c.books, c.shelves)
	must(err)
	must(m.Apply(ctx))
	must(c.authors.SaveMany(ctx, &Author{"austen", "Jane Austen"}, &Author{"shelley", "Mary Shelley"}))
	austen, shelley := mapper.RefTo[string, Author]("austen"), mapper.RefTo[string, Author]("shelley")
	must(c.books.SaveMany(ctx, &Book{1, "Emma", austen}, &Book{2, "Persuasion", austen}, &Book{3, "Frankenstein", shelley}))
	to := mapper.RefTo[int64, Book]
	must(c.shelves.Save(ctx, &Shelf{"left", []mapper.Ref[int64, Book]{to(1), to(2), to(3), to(99)}}))
	return c, db
}

// A reference is stored as the key alone. Find reads it, and not the record it refers to.
func ExampleRef() {
	c, db := openCatalog("example-ref")
	defer db.Close()

	emma, err := c.books.Find(context.Background(), 1)
	must(err)
	fmt.Println(emma.Author.Key, emma.Author.IsZero(), emma.Author.Got == nil)
	var stored string
	must(db.QueryRow("SELECT author FROM book WHERE id = 1").Scan(&stored))
	fmt.Println(stored)
	// Output:
	// austen false true
	// austen
}

// To finds what refers to a key. An index of the field serves it.
func ExampleRefField() {
	c, db := openCatalog("example-ref-field")
	defer db.Close()
	ctx := context.Background()

	n, err := c.books.Where(B.Author.To("austen")).Count(ctx)
	must(err)
	fmt.Println(n)
	must(c.books.Patch(ctx, 2, B.Author.SetKey("shelley")))
	n, err = c.books.Where(B.Author.To("austen")).Count(ctx)
	must(err)
	fmt.Println(n)
	// Output:
	// 2
	// 1
}

// A loader of a list reads all its records in one batch.
func ExampleLoader() {
	c, db := openCatalog("example-loader")
	defer db.Close()
	ctx := context.Background()

	left, err := c.shelves.Find(ctx, "left")
	must(err)
	toBooks := mapper.ViaAll(c.books, func(s *Shelf) []mapper.Ref[int64, Book] { return s.Books })
	found, err := toBooks(ctx, []*Shelf{left})
	must(err)
	fmt.Println(len(left.Books), len(found), left.Books[0].Got.Title)
	fmt.Println(left.Books[3].Got) // there is no such book
	// Output:
	// 4 3 Emma
	// <nil>
}

// LoadAll reads along a path, with one batch for each step: the books of a shelf and their authors.
func ExampleLoadAll() {
	c, db := openCatalog("example-load-all")
	defer db.Close()
	ctx := context.Background()

	left, err := c.shelves.Find(ctx, "left")
	must(err)
	toBooks := mapper.ViaAll(c.books, func(s *Shelf) []mapper.Ref[int64, Book] { return s.Books })
	toAuthor := mapper.Via(c.authors, func(b *Book) *mapper.Ref[string, Author] { return &b.Author })
	authors, err := mapper.LoadAll(ctx, mapper.Then(toBooks, toAuthor), left)
	must(err)
	fmt.Println(len(authors), left.Books[2].Got.Author.Got.Name)
	// Output: 2 Mary Shelley
}
