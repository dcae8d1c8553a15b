package mapper_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/mapper"
)

// The same changes to many records, in few messages. Each record has an error of its own.
func ExampleRepo_PatchMany() {
	readers, db := library("example-patch-many")
	defer db.Close()
	ctx := context.Background()

	err := readers.PatchMany(ctx, []string{"ada", "nobody", "eve"}, R.Age.Add(1), R.Tags.AppendUnique("tea"))
	var failed *mapper.ManyError
	if errors.As(err, &failed) {
		for i, err := range failed.Errors {
			fmt.Println(i, errors.Is(err, mapper.ErrNotFound))
		}
	}
	team, err := readers.FindMany(ctx, "ada", "eve")
	must(err)
	fmt.Println(team[0].Age, team[1].Age)
	// Output:
	// 0 false
	// 1 true
	// 2 false
	// 37 65
}

// Objects are inserted, and records that exist are changed instead.
func ExampleRepo_UpsertMany() {
	readers, db := library("example-upsert-many")
	defer db.Close()
	ctx := context.Background()

	inserted, err := readers.UpsertMany(ctx, []*Reader{{ID: "bob", Name: "Bob", Age: 1}, {ID: "zoe", Name: "Zoe", Age: 1}}, R.Age.Add(1))
	must(err)
	found, err := readers.FindMany(ctx, "bob", "zoe")
	must(err)
	fmt.Println(inserted, found[0].Age, found[1].Age)
	// Output: [false true] 18 1
}

func ExampleRepo_ExistsMany() {
	readers, db := library("example-exists-many")
	defer db.Close()
	ctx := context.Background()

	found, err := readers.ExistsMany(ctx, "ada", "nobody")
	must(err)
	fmt.Println(found)
	deleted, err := readers.DeleteMany(ctx, "ada", "nobody")
	must(err)
	fmt.Println(deleted)
	// Output:
	// [true false]
	// 1
}

// A patch of a query returns when the nodes have started. Its Task has the counts.
func ExampleTask() {
	readers, db := library("example-task")
	defer db.Close()
	ctx := context.Background()

	task, err := readers.Where(R.Age.Ge(18)).Patch(ctx, R.Tags.AppendUnique("adult"))
	must(err)
	must(task.Wait(ctx))
	progress, err := task.Progress(ctx)
	must(err)
	fmt.Println(progress.Done, progress.Changed, progress.Failed)
	n, err := readers.Where(R.Tags.Contains("adult")).Count(ctx)
	fmt.Println(n, err)
	// Output:
	// true 2 0
	// 2 <nil>
}

func ExampleQuery_Delete() {
	readers, db := library("example-query-delete")
	defer db.Close()
	ctx := context.Background()

	task, err := readers.Where(R.Age.Lt(18)).Delete(ctx)
	must(err)
	must(task.Wait(ctx))
	n, err := readers.All().Count(ctx)
	fmt.Println(n, err)
	// Output: 2 <nil>
}
