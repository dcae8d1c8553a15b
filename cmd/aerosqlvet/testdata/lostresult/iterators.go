// Package lostresult is a program that drops errors.
package lostresult

import (
	"context"
	"iter"
	"maps"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

type user struct {
	ID string `as:"id,pk"`
}

func iterators(ctx context.Context, client *cluster.Client, users *mapper.Repo[user]) error {
	for rec := range client.Scan(ctx, nil, "test", "s") { // want "the error of the iterator is dropped"
		_ = rec
	}
	for range client.Scan(ctx, nil, "test", "s") { // want "the error of the iterator is dropped"
	}
	for u, _ := range users.ScanAll(ctx) { // want "the error of the iterator is dropped"
		_ = u
	}
	records := client.Scan(ctx, nil, "test", "s")
	for rec := range records { // want "the error of the iterator is dropped"
		_ = rec
	}
	for rec, err := range records {
		if err != nil {
			return err
		}
		_ = rec
	}
	for _, err := range records {
		if err != nil {
			return err
		}
	}
	return nil
}

func others(own iter.Seq2[int, error], wrapped iter.Seq2[*protocol.Record, error], plain map[string]int) {
	for range own {
	}
	for k := range maps.All(plain) {
		_ = k
	}
	for range wrapped { // want "the error of the iterator is dropped"
	}
}
