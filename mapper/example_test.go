package mapper_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"slices"
	"strings"
	"time"

	_ "github.com/aerosql/aerosql/cluster/devserver/mem" // aerospike+mem:// needs no server
	_ "github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
)

type User struct {
	ID      int64             `as:"id,pk"`
	Name    string            `as:"name"`
	Mail    string            `as:"mail,omitzero"`
	Tags    []string          `as:"tags"`
	Prefs   map[string]string `as:"prefs"`
	Joined  time.Time         `as:"joined"`
	Version uint32            `asm:"gen"`
}

// must ends an example at an error.
func must(err error) {
	if err != nil {
		log.Panic(err)
	}
}

func Example() {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://example/test")
	must(err)
	defer db.Close()

	users, err := mapper.New[User](db)
	must(err)
	must(users.Save(ctx, &User{ID: 1, Name: "Ada", Tags: []string{"math"}, Joined: time.Unix(1700000000, 0)}))

	ada, err := users.Find(ctx, 1)
	must(err)
	fmt.Println(ada.Name, ada.Tags, ada.Joined, ada.Version)

	_, err = users.Find(ctx, 2)
	fmt.Println(errors.Is(err, mapper.ErrNotFound))
	// Output:
	// Ada [math] 2023-11-14 22:13:20 +0000 UTC 1
	// true
}

// Two programs change one record. The second write is refused; Modify reads again and repeats the
// change.
func ExampleRepo_Modify() {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://modify/test")
	must(err)
	defer db.Close()
	users, err := mapper.New[User](db)
	must(err)
	must(users.Insert(ctx, &User{ID: 1, Name: "Ada"}))

	mine, err := users.Find(ctx, 1)
	must(err)
	theirs, err := users.Find(ctx, 1)
	must(err)
	theirs.Tags = append(theirs.Tags, "theirs")
	must(users.Save(ctx, theirs))
	err = users.Save(ctx, mine)
	fmt.Println(err)
	fmt.Println(errors.Is(err, mapper.ErrStale))

	mine, err = users.Modify(ctx, 1, func(u *User) error {
		u.Tags = append(u.Tags, "mine")
		return nil
	})
	must(err)
	fmt.Println(mine.Tags, mine.Version)
	// Output:
	// mapper: test:user:1: record has been changed by others since generation 1
	// true
	// [theirs mine] 3
}

func ExampleRepo_FindMany() {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://many/test")
	must(err)
	defer db.Close()
	users, err := mapper.New[User](db)
	must(err)

	must(users.SaveMany(ctx, &User{ID: 1, Name: "Ada"}, &User{ID: 2, Name: "Grace"}))
	found, err := users.FindMany(ctx, 2, 3, 1)
	must(err)
	for i, u := range found {
		if u == nil {
			fmt.Println(i, "none")
			continue
		}
		fmt.Println(i, u.Name)
	}
	// Output:
	// 0 Grace
	// 1 none
	// 2 Ada
}

func ExampleRepo_SaveMany() {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://failures/test")
	must(err)
	defer db.Close()
	users, err := mapper.New[User](db)
	must(err)

	err = users.SaveMany(ctx, &User{ID: 1, Name: "Ada"}, &User{ID: 2, Name: "Grace", Version: 7})
	var failed *mapper.ManyError
	if errors.As(err, &failed) {
		for i, err := range failed.Errors {
			fmt.Println(i, err)
		}
	}
	// Output:
	// 0 <nil>
	// 1 mapper: test:user:2: record has been changed by others since generation 7
}

func ExampleRepo_ScanAll() {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://scan/test")
	must(err)
	defer db.Close()
	users, err := mapper.New[User](db)
	must(err)
	must(users.SaveMany(ctx, &User{ID: 1, Name: "Ada"}, &User{ID: 2, Name: "Grace"}))

	var names []string
	for u, err := range users.ScanAll(ctx) {
		must(err)
		names = append(names, u.Name)
	}
	slices.Sort(names) // a scan has no order
	fmt.Println(names)
	// Output: [Ada Grace]
}

type Reading struct {
	Sensor string
	Day    int
	Values []float64 `as:"values"`
}

func ExampleWithKey() {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://key/test")
	must(err)
	defer db.Close()
	readings, err := mapper.New[Reading](db, mapper.WithSet("readings"),
		mapper.WithKey(func(r *Reading) any { return fmt.Sprintf("%s/%d", r.Sensor, r.Day) }))
	must(err)

	must(readings.Save(ctx, &Reading{Sensor: "roof", Day: 3, Values: []float64{20.5}}))
	r, err := readings.Find(ctx, "roof/3")
	must(err)
	fmt.Println(r.Sensor, r.Day, r.Values)
	// Output: roof 3 [20.5]
}

// New reports all mistakes in tags at once.
func ExampleNew() {
	type Wrong struct {
		ID   int64    `as:"id,pk"`
		Name string   `as:"name,omitemtpy"`
		Done chan int `as:"done"`
	}
	db, err := sql.Open("aerospike", "aerospike+mem://new/test")
	must(err)
	defer db.Close()
	_, err = mapper.New[Wrong](db)
	for _, line := range strings.Split(err.Error(), "\n") {
		line, _, _ = strings.Cut(line, ";")
		fmt.Println(line)
	}
	// Output:
	// mapper: Wrong.Name: unknown option "omitemtpy"
	// mapper: Wrong.Done: a chan int can't be stored
}
