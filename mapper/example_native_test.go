package mapper_test

import (
	"context"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// openClient opens a native client on an in-process server.
func openClient() (client *cluster.Client, done func()) {
	server, err := devserver.Start(devserver.Options{})
	must(err)
	client, err = cluster.Open(context.Background(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	must(err)
	return client, func() {
		client.Close()
		server.Close()
	}
}

type Player struct {
	Name  string   `as:"name,pk"`
	Score int      `as:"score"`
	Items []string `as:"items"`
}

// Key names the record of an object for native commands.
func ExampleRepo_Key() {
	client, done := openClient()
	defer done()
	ctx := context.Background()
	players, err := mapper.New[Player](client, mapper.WithNamespace("test"), mapper.WithSet("players"))
	must(err)
	must(players.Save(ctx, &Player{Name: "ada", Score: 10, Items: []string{"map"}}))

	key, err := players.Key("ada")
	must(err)
	_, err = client.Operate(ctx, nil, key, cdt.ListAppend("items", protocol.String("rope")))
	must(err)
	ada, err := players.Find(ctx, "ada")
	must(err)
	fmt.Println(key, ada.Items)
	// Output: test:players:ada [map rope]
}

func ExampleRepo_Namespace() {
	client, done := openClient()
	defer done()
	ctx := context.Background()
	players, err := mapper.New[Player](client, mapper.WithNamespace("test"), mapper.WithSet("players"))
	must(err)
	must(players.Save(ctx, &Player{Name: "ada", Score: 10}))

	n := 0
	for _, err := range client.Scan(ctx, nil, players.Namespace(), players.Set()) {
		must(err)
		n++
	}
	fmt.Println(n, "player")
	// Output: 1 player
}

// One command changes a record and returns it, and Decode makes an object of it.
func ExampleRepo_Decode() {
	client, done := openClient()
	defer done()
	ctx := context.Background()
	players, err := mapper.New[Player](client, mapper.WithNamespace("test"), mapper.WithSet("players"))
	must(err)
	must(players.Save(ctx, &Player{Name: "ada", Score: 10}))

	key, err := players.Key("ada")
	must(err)
	rec, err := client.Operate(ctx, nil, key, protocol.AddBin("score", protocol.Int(5)), protocol.GetAll())
	must(err)
	var ada Player
	must(players.Decode(rec, &ada))
	fmt.Println(ada.Name, ada.Score)
	// Output: ada 15
}

// Encode returns the bins for a native command with a policy of its own.
func ExampleRepo_Encode() {
	client, done := openClient()
	defer done()
	ctx := context.Background()
	players, err := mapper.New[Player](client, mapper.WithNamespace("test"), mapper.WithSet("players"))
	must(err)

	ada := &Player{Name: "ada", Score: 10, Items: []string{"map"}}
	key, err := players.Key(ada)
	must(err)
	bins, err := players.Encode(ada)
	must(err)
	must(client.Put(ctx, &cluster.WritePolicy{SendKey: true, CommitLevel: cluster.CommitMaster}, key, bins))
	for _, bin := range bins {
		fmt.Println(bin.Name, bin.Value)
	}
	// Output:
	// score 10
	// items ["map"]
}

// A function that takes a Source works with databases and native clients.
func ExampleSource() {
	newPlayers := func(src mapper.Source, opts ...mapper.Option) (*mapper.Repo[Player], error) {
		return mapper.New[Player](src, append(opts, mapper.WithSet("players"))...)
	}
	client, done := openClient()
	defer done()
	players, err := newPlayers(mapper.Native(client), mapper.WithNamespace("test"))
	must(err)
	fmt.Println(players.Namespace(), players.Set())
	// Output: test players
}

type Session struct {
	ID   string `as:"id,pk"`
	User string `as:"user"`
}

// Each use of a session extends it.
func ExampleTTL() {
	client, done := openClient()
	defer done()
	ctx := context.Background()
	sessions, err := mapper.New[Session](client, mapper.WithNamespace("test"), mapper.WithSet("sessions"))
	must(err)
	sessions = sessions.With(mapper.TTL(30 * time.Minute))
	must(sessions.Save(ctx, &Session{ID: "s1", User: "ada"}))
	must(sessions.Touch(ctx, "s1"))

	key, err := sessions.Key("s1")
	must(err)
	rec, err := client.Get(ctx, nil, key)
	must(err)
	fmt.Println(rec.TTL(time.Now()).Round(time.Minute))
	// Output: 30m0s
}
