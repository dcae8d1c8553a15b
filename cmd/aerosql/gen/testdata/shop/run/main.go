// Command run ends without an error if the generated fields fit their struct, and the generated
// methods write and read what the mapper does without them.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"time"

	"github.com/aerosql/aerosql/cluster"
	_ "github.com/aerosql/aerosql/cluster/devserver/mem"
	"github.com/aerosql/aerosql/cmd/aerosql/gen/testdata/shop"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

// plain is the same struct without methods.
type plain shop.Payment

func main() {
	_ = shop.Expensive
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	db, err := sql.Open("aerospike", "aerospike+mem://gen/test")
	if err != nil {
		return err
	}
	defer db.Close()
	client, err := driver.Client(ctx, db)
	if err != nil {
		return err
	}
	with, err := mapper.New[shop.Payment](db)
	if err != nil {
		return err
	}
	without, err := mapper.New[plain](db)
	if err != nil {
		return err
	}
	full := shop.Payment{
		ID: "a", Amount: -5, Level: 3, Tries: 7, Rate: 0.25, Share: 0.5, Done: true, Text: "text", Proof: []byte{1, 2}, Token: [4]byte{1, 2, 3, 4},
		Old: [2]byte{5, 6}, At: time.Unix(1, 2).UTC(), Note: "note", Lines: []shop.Line{{"pen", 2}}, Host: netip.MustParseAddr("::1"), Raw: "raw",
	}
	for _, x := range []shop.Payment{full, {ID: "a"}} {
		same := plain(x)
		if err := with.Replace(ctx, &x); err != nil {
			return err
		}
		if err := without.Replace(ctx, &same); err != nil {
			return err
		}
		a, err := stored(ctx, client, "payment")
		if err != nil {
			return err
		}
		b, err := stored(ctx, client, "plain")
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(a, b) {
			return fmt.Errorf("stored:\n%v\n%v", a, b)
		}
		back := full // a used object
		if err := with.FindInto(ctx, "a", &back); err != nil {
			return err
		}
		if x.Hidden, back.Hidden = 0, 0; !reflect.DeepEqual(x, back) {
			return fmt.Errorf("read:\n%+v\n%+v", x, back)
		}
	}
	return nil
}

// stored returns the bins of a record as they were received.
func stored(ctx context.Context, client *cluster.Client, set string) (cluster.EncodedRecord, error) {
	key, err := protocol.NewKey("test", set, "a")
	if err != nil {
		return cluster.EncodedRecord{}, err
	}
	rec, err := client.GetEncoded(ctx, nil, key)
	rec.Generation, rec.VoidTime = 0, 0
	return rec, err
}
