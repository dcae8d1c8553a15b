// Leaderboard keeps the scores of a game in one record for each board: a map from players to
// points. The server adds, ranks and cuts, so that a question reads only its answer.
//
// A record has at most the size of the namespace's write-block-size, 1 MiB by default: some ten
// thousand players. For more use a board for each league, or day.
//
//	go run ./examples/leaderboard
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"slices"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

const bin = "points"

// A Board is a leaderboard.
type Board struct {
	client *cluster.Client
	key    protocol.Key
}

// NewBoard returns the board with a name.
func NewBoard(client *cluster.Client, namespace, name string) (*Board, error) {
	key, err := protocol.NewKey(namespace, "boards", name)
	return &Board{client, key}, err
}

// A Place is a player with points and rank; the best rank is 1. Players with the same points are
// ranked by name.
type Place struct {
	Player string
	Points int64
	Rank   int
}

// Add gives a player points and returns the place after it, in one command.
func (b *Board) Add(ctx context.Context, player string, points int64) (Place, error) {
	rec, err := b.client.Operate(ctx, nil, b.key,
		cdt.MapIncrement(bin, player, points, cdt.MapPolicy{Order: protocol.KeyValueOrdered}),
		cdt.MapGet(bin, cdt.ByKey(player), cdt.ReturnReverseRank))
	if err != nil {
		return Place{}, err
	}
	// A bin with several results is in the record once for each, in the order of the operations.
	total, _ := rec.Bins[0].Value.Int()
	rank, _ := rec.Bins[1].Value.Int()
	return Place{player, total, int(rank) + 1}, nil
}

// Top returns the best n players.
func (b *Board) Top(ctx context.Context, n int) ([]Place, error) {
	rec, err := b.client.Operate(ctx, nil, b.key, cdt.MapGet(bin, cdt.ByRankRange(-n, n), cdt.ReturnKeyValue))
	if err != nil {
		return nil, err
	}
	value, _ := rec.Bin(bin)
	pairs, _ := value.Map()
	places := make([]Place, len(pairs))
	for i, p := range pairs {
		places[i].Player, _ = p.Key.Text()
		places[i].Points, _ = p.Value.Int()
	}
	slices.SortFunc(places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(b.Player, a.Player))
	})
	for i := range places {
		places[i].Rank = i + 1
	}
	return places, nil
}

// Keep removes all but the best n players.
func (b *Board) Keep(ctx context.Context, n int) error {
	_, err := b.client.Operate(ctx, nil, b.key, cdt.MapRemove(bin, cdt.ByRankRange(-n, n), cdt.ReturnNone|cdt.Inverted))
	return err
}

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	server, err := devserver.Start(devserver.Options{})
	if err != nil {
		return err
	}
	defer server.Close()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		return err
	}
	defer client.Close()
	board, err := NewBoard(client, "test", "today")
	if err != nil {
		return err
	}
	for _, s := range []Place{{"ada", 30, 0}, {"bob", 50, 0}, {"eve", 10, 0}, {"ada", 25, 0}} {
		place, err := board.Add(ctx, s.Player, s.Points)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s has %d points and is number %d\n", place.Player, place.Points, place.Rank)
	}
	if err := board.Keep(ctx, 2); err != nil {
		return err
	}
	top, err := board.Top(ctx, 10)
	fmt.Fprintln(out, top)
	return err
}
