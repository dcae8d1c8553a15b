package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/driver"
)

// A job is a measurement as the flags describe it.
type job struct {
	Options
	workload Workload
	keep     bool
	json     bool
}

// Command is the command bench.
func Command() command.Command {
	values := connect.Values()
	values["workload"] = strings.Join(Workloads, " ")
	return command.Command{
		Name:    "bench",
		Summary: "measure throughput and latencies of a cluster",
		Args:    "[STATEMENT...]",
		Help: `Measures SQL statements, which run in turn, or one of the built-in workloads: get, put, mixed (gets
and puts), batch, scan and query (by an index). Each parameter of a statement, such as ?, is a random
integer from 0 to -keys minus 1.

Without -rate each worker begins an operation when its last one has ended (closed loop): this finds
the throughput, but a slow server also gets fewer requests, and the latencies look better than users
see them. With -rate operations begin at planned times (open loop), and a latency counts from the
planned time, so that the wait behind a slow operation is included.

The built-in workloads store records in a set of their own and delete them at the end, unless -keep is
given. SQL statements that write do so in the tables that they name.`,
		Groups: []command.Group{
			connect.Group,
			{Title: "Load", Flags: "c rate duration warmup seed"},
			{Title: "Workload", Flags: "workload set keys size reads batch keep"},
			{Title: "Output", Flags: "json progress"},
		},
		Values: values,
		Examples: []command.Example{
			{Line: "aerosql bench -workload mixed -reads 90 -c 32", Summary: "90 % gets and 10 % puts by 32 workers, as fast as possible"},
			{Line: "aerosql bench -rate 5000 -duration 1m 'SELECT * FROM users WHERE PK = ?'", Summary: "5,000 statements a second for a minute"},
		},
		Exits: []command.Exit{{Code: command.ExitFound, Meaning: "the measurement has ended, but operations failed"}},
		Setup: func(set *flag.FlagSet) command.Run {
			at, j := connect.Define(set), new(job)
			set.IntVar(&j.Workers, "c", 16, "`number` of workers, the operations that run at the same time")
			set.Float64Var(&j.Rate, "rate", 0, "`number` of operations that begin in a second; 0 means as many as the workers can do")
			set.DurationVar(&j.Duration, "duration", 10*time.Second, "time to measure")
			set.DurationVar(&j.Warmup, "warmup", 2*time.Second, "time before the measurement begins")
			set.Uint64Var(&j.Seed, "seed", 1, "`number` that the random choice of keys depends on")
			set.StringVar(&j.workload.Name, "workload", "mixed", "built-in `workload`: "+strings.Join(Workloads, ", ")+"; without statements")
			set.StringVar(&j.workload.Set, "set", "aerosql_bench", "`set` of the built-in workloads")
			set.IntVar(&j.workload.Keys, "keys", 10000, "`number` of records, and of values of a parameter")
			set.IntVar(&j.workload.Size, "size", 100, "size of a record's value in `bytes`")
			set.IntVar(&j.workload.Reads, "reads", 80, "`percentage` of gets in the workload mixed")
			set.IntVar(&j.workload.Batch, "batch", 100, "`number` of records in a batch, scan or query")
			set.BoolVar(&j.keep, "keep", false, "keep the records of a built-in workload")
			set.BoolVar(&j.json, "json", false, "print the result as JSON")
			set.DurationVar(&j.Progress, "progress", time.Second, "time between two lines about the progress; 0 for none")
			return func(ctx context.Context, env *command.Env, args []string) error {
				if j.Workers < 1 || j.Rate < 0 || j.Duration <= 0 || j.Warmup < 0 || j.workload.Keys < 1 {
					return command.Usage("-c and -keys must be at least 1, -duration more than 0, and -rate and -warmup not negative")
				}
				db, cfg, err := at.Open(ctx, env)
				if err != nil {
					return err
				}
				defer db.Close()
				j.workload.Namespace = cfg.Namespace
				return j.run(ctx, db, args, env)
			}
		},
	}
}

// run measures and prints the report.
func (j *job) run(ctx context.Context, db *sql.DB, texts []string, env *command.Env) (err error) {
	name := strings.Join(texts, "; ")
	do, clean, err := j.prepare(ctx, db, texts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clean()) }()
	if len(texts) == 0 {
		name = j.workload.Name
	}
	report, err := Run(ctx, j.Options, do, env.Err)
	if report == nil {
		return err
	}
	report.Workload = name
	if j.json {
		err = errors.Join(err, json.NewEncoder(env.Out).Encode(report))
	} else if _, printed := io.WriteString(env.Out, report.Text()); printed != nil {
		err = errors.Join(err, printed)
	}
	if err == nil && report.Errors > 0 {
		return command.WithCode(command.ExitFound, command.ErrSilent)
	}
	return err
}

// prepare returns the operation, and a function that removes what it needs.
func (j *job) prepare(ctx context.Context, db *sql.DB, texts []string) (operation, func() error, error) {
	if len(texts) > 0 {
		return statements(ctx, db, texts, j.workload.Keys)
	}
	if err := j.workload.check(); err != nil {
		return nil, nil, command.WithCode(command.ExitUsage, err)
	}
	client, err := driver.Client(ctx, db)
	if err != nil {
		return nil, nil, err
	}
	clean := func() error {
		if j.keep {
			return nil
		}
		return j.workload.clean(context.WithoutCancel(ctx), client)
	}
	if err := j.workload.checkSet(ctx, client); err != nil {
		return nil, nil, err
	}
	if err := j.workload.load(ctx, client); err != nil {
		return nil, nil, errors.Join(err, clean())
	}
	return j.workload.operation(client), clean, nil
}
