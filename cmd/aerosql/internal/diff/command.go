// Package diff is the command aerosql diff: it compares the records of two clusters or two sets.
package diff

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/driver"
)

// options are the flags of the command.
type options struct {
	set, toSet string
	rate       int
	limit      int64
	ttl        bool
}

// Command is the entry of the table of commands.
func Command() command.Command {
	return command.Command{
		Name:    "diff",
		Summary: "compare the records of two clusters, namespaces or sets",
		Args:    "FIRST [SECOND]",
		Help: `Prints the keys of the records that only one side has, and of those whose bins differ, with the
names of these bins. A side is the name of a profile or a data source name without a password;
without SECOND both sets are of the first.

Sets of the same name are compared by ranges of digests, of which only a few are in memory. Sets of
different names are compared by keys, which must be stored with the records. Generations are not
compared. Each difference is read again from both sides before it is printed, because records can
change meanwhile.`,
		Examples: []command.Example{
			{Line: "aerosql diff -set users prod staging", Summary: "compares the set users of two profiles"},
			{Line: "aerosql diff 10.0.0.1/test 10.0.0.2/test", Summary: "compares all sets of a namespace"},
			{Line: "aerosql diff -set users -to-set users_copy 10.0.0.1/test", Summary: "compares two sets of one cluster"},
		},
		Exits: []command.Exit{{Code: command.ExitFound, Meaning: "there are differences"}},
		Setup: func(flags *flag.FlagSet) command.Run {
			var o options
			flags.StringVar(&o.set, "set", "", "the `set` to compare (default all sets of the namespace)")
			flags.StringVar(&o.toSet, "to-set", "", "the `set` of the second side (default that of -set)")
			flags.IntVar(&o.rate, "rate", 0, "limit of `records` per second that each node reads (default none)")
			flags.Int64Var(&o.limit, "limit", 100, "print at most this `number` of differences; 0 means all")
			flags.BoolVar(&o.ttl, "ttl", false, "compare too whether records expire")
			return o.run
		},
	}
}

func (o *options) run(ctx context.Context, env *command.Env, args []string) (err error) {
	switch {
	case len(args) < 1 || len(args) > 2:
		return command.Usage("name one or two sides: profiles or data source names")
	case o.toSet != "" && o.set == "":
		return command.Usage("-to-set needs -set")
	case len(args) == 1 && (o.toSet == "" || o.toSet == o.set):
		return command.Usage("one side without another -to-set would be compared with itself")
	}
	sides := make([]side, 2)
	for i := range sides {
		cfg, err := connect.Named(env, args[min(i, len(args)-1)])
		if err != nil {
			return err
		}
		if cfg.Namespace == "" {
			return command.Usage("%s has no namespace", cfg)
		}
		db, err := connect.Open(ctx, cfg)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		if sides[i].client, err = driver.Client(ctx, db); err != nil {
			return err
		}
		sides[i].namespace, sides[i].set = cfg.Namespace, o.set
	}
	if o.toSet != "" {
		sides[1].set = o.toSet
	}
	c := &comparison{first: sides[0], second: sides[1], rate: o.rate, ttl: o.ttl}
	c.found = func(d difference) {
		if o.limit == 0 || c.count.different() <= o.limit {
			fmt.Fprintln(env.Out, output.Printable(d.String()))
		}
	}
	if err := c.run(ctx); err != nil {
		return err
	}
	fmt.Fprintln(env.Err, c.count)
	if c.count.different() > 0 {
		return command.WithCode(command.ExitFound, command.ErrSilent)
	}
	return nil
}
