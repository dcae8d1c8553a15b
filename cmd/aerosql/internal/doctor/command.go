package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"flag"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
)

// exitProblem is the exit code if there is a problem.
const exitProblem = 5

// Command is the command doctor.
func Command() command.Command {
	return command.Command{
		Name:    "doctor",
		Summary: "find what is wrong between this machine and a cluster",
		Help: `Examines a cluster as programs on this machine see it, and says what to do about each finding: names
and addresses of the seeds, TLS names and certificates, nodes that can't be reached and their
alternate addresses, racks, clocks, partition maps that contradict each other, namespaces that refuse
requests, limits of idle connections, and what the versions of the servers lack.

It changes nothing. The exit code is that of the worst finding.`,
		Groups: []command.Group{connect.Group},
		Values: connect.Values(),
		Examples: []command.Example{
			{Line: "aerosql doctor -dsn 10.0.0.1:3000/test", Summary: "prints a line for each finding"},
			{Line: "aerosql doctor -json", Summary: "prints the findings for a script"},
		},
		Exits: []command.Exit{
			{Code: command.ExitFound, Meaning: "there are warnings"},
			{Code: exitProblem, Meaning: "there are problems"},
		},
		Setup: func(set *flag.FlagSet) command.Run {
			at := connect.Define(set)
			asJSON := set.Bool("json", false, "print the findings as JSON")
			quiet := set.Bool("q", false, "print only warnings and problems")
			return func(ctx context.Context, env *command.Env, _ []string) error {
				cfg, err := at.Config(env)
				if err != nil {
					return err
				}
				report, err := Run(ctx, cfg)
				if err != nil {
					return err
				}
				if *quiet {
					report.keep(Warning)
				}
				return report.print(env, *asJSON)
			}
		},
	}
}

// keep removes findings that are less bad.
func (r *Report) keep(least Severity) {
	kept := []Finding{}
	for _, f := range r.Findings {
		if f.Severity >= least {
			kept = append(kept, f)
		}
	}
	r.Findings = kept
}

// print prints the report and returns the error with the exit code.
func (r *Report) print(env *command.Env, asJSON bool) error {
	var err error
	if asJSON {
		e := json.NewEncoder(env.Out)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		err = r.Text(env.Out)
	}
	code := command.ExitOK
	switch {
	case !r.Connected:
		code = command.ExitUnreachable
	case r.worst == Problem:
		code = exitProblem
	case r.worst == Warning:
		code = command.ExitFound
	}
	if code == command.ExitOK {
		return err
	}
	return command.WithCode(code, errors.Join(err, command.ErrSilent))
}
