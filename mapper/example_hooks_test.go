package mapper_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aerosql/aerosql/mapper"
)

type Contact struct {
	Mail  string `as:"mail,pk"`
	Name  string `as:"name"`
	Short string `as:"-"` // the first word of the name
}

func (c *Contact) BeforeSave(context.Context) error {
	c.Mail, c.Name = strings.ToLower(c.Mail), strings.TrimSpace(c.Name)
	return nil
}

func (c *Contact) Validate() error {
	if !strings.Contains(c.Mail, "@") {
		return fmt.Errorf("%q is not a mail address", c.Mail)
	}
	return nil
}

func (c *Contact) AfterFind(context.Context) error {
	c.Short, _, _ = strings.Cut(c.Name, " ")
	return nil
}

// openContacts returns an empty table.
func openContacts(name string) (*mapper.Table[string, Contact], *sql.DB) {
	db, err := sql.Open("aerospike", "aerospike+mem://"+name+"/test")
	must(err)
	contacts, err := mapper.NewTable[string, Contact](db)
	must(err)
	return contacts, db
}

// BeforeSave may change the object, also its key.
func ExampleBeforeSaver() {
	contacts, db := openContacts("example-before-save")
	defer db.Close()
	ctx := context.Background()

	must(contacts.Save(ctx, &Contact{Mail: "Ada@example.org", Name: " Ada Lovelace "}))
	ada, err := contacts.Find(ctx, "ada@example.org")
	must(err)
	fmt.Printf("%q\n", ada.Name)
	// Output: "Ada Lovelace"
}

// AfterFind is called for each object that was read, also by queries.
func ExampleAfterFinder() {
	contacts, db := openContacts("example-after-find")
	defer db.Close()
	ctx := context.Background()

	must(contacts.Save(ctx, &Contact{Mail: "ada@example.org", Name: "Ada Lovelace"}))
	for c, err := range contacts.All().Rows(ctx) {
		must(err)
		fmt.Println(c.Short)
	}
	// Output: Ada
}

// An object that is not valid is not written.
func ExampleValidator() {
	contacts, db := openContacts("example-validate")
	defer db.Close()
	ctx := context.Background()

	err := contacts.Save(ctx, &Contact{Mail: "ada", Name: "Ada"})
	var invalid *mapper.ValidationError
	fmt.Println(errors.As(err, &invalid), err)
	exists, err := contacts.Exists(ctx, "ada")
	fmt.Println(exists, err)
	// Output:
	// true mapper: Contact is not valid: "ada" is not a mail address
	// false <nil>
}

type Remark struct {
	ID      string    `as:"id,pk"`
	Text    string    `as:"text"`
	Deleted time.Time `as:"deleted,deleted"`
}

type remarkFields struct {
	Text    mapper.Text[Remark, string]
	Deleted mapper.Time[Remark]
}

var M = mapper.MustFields[Remark, remarkFields]()

// openRemarks returns a table with two records.
func openRemarks(name string) (*mapper.Table[string, Remark], *sql.DB) {
	db, err := sql.Open("aerospike", "aerospike+mem://"+name+"/test")
	must(err)
	clock := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	remarks, err := mapper.NewTable[string, Remark](db, mapper.WithClock(clock))
	must(err)
	must(remarks.SaveMany(context.Background(), &Remark{ID: "a", Text: "first"}, &Remark{ID: "b", Text: "second"}))
	return remarks, db
}

// A type with a field tagged deleted: Delete marks the record, and Unset restores it.
func ExampleIncludeDeleted() {
	remarks, db := openRemarks("example-deleted")
	defer db.Close()
	ctx := context.Background()

	existed, err := remarks.Delete(ctx, "a")
	must(err)
	_, err = remarks.Find(ctx, "a")
	fmt.Println(existed, errors.Is(err, mapper.ErrNotFound))

	all := remarks.With(mapper.IncludeDeleted())
	a, err := all.Find(ctx, "a")
	must(err)
	fmt.Println(a.Text, a.Deleted.Format(time.DateOnly))
	must(all.Patch(ctx, "a", M.Deleted.Unset()))
	a, err = remarks.Find(ctx, "a")
	must(err)
	fmt.Println(a.Text, a.Deleted.IsZero())
	// Output:
	// true true
	// first 2026-01-02
	// first true
}

// Purge removes records that are marked, or any others.
func ExamplePurge() {
	remarks, db := openRemarks("example-purge")
	defer db.Close()
	ctx := context.Background()

	_, err := remarks.Delete(ctx, "a")
	must(err)
	all := remarks.With(mapper.IncludeDeleted(), mapper.Purge())
	task, err := all.All().Where(M.Deleted.NotNull()).Delete(ctx)
	must(err)
	must(task.Wait(ctx))
	n, err := all.All().Count(ctx)
	must(err)
	fmt.Println(n)
	// Output: 1
}
