package integration

import (
	"context"
	sqldriver "database/sql/driver"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// X is a number of the values of a map.
type X int

// bothMethods has the methods of the mapper and of database/sql: those of the mapper come first.
type bothMethods struct{ s string }

func (b bothMethods) MarshalBin() (protocol.Value, error) { return protocol.String("bin " + b.s), nil }

func (b *bothMethods) UnmarshalBin(v protocol.Value) error {
	s, _ := v.Text()
	b.s = strings.TrimPrefix(s, "bin ")
	return nil
}

func (b bothMethods) Value() (sqldriver.Value, error) { return "value " + b.s, nil }

func (b *bothMethods) Scan(src any) error { return fmt.Errorf("not called for %v", src) }

// valuerOnly has the methods of database/sql.
type valuerOnly struct{ s string }

func (v valuerOnly) Value() (sqldriver.Value, error) { return "value " + v.s, nil }

func (v *valuerOnly) Scan(src any) error {
	v.s = strings.TrimPrefix(fmt.Sprint(src), "value ")
	return nil
}

// commandNames records the names of the commands on records. It is an observer.
type commandNames struct{ names []string }

func (c *commandNames) CommandStart(ctx context.Context, start cluster.CommandStart) context.Context {
	if start.Set != "" {
		c.names = append(c.names, start.Name)
	}
	return ctx
}

func (*commandNames) CommandTry(context.Context, cluster.CommandTry) {}

func (*commandNames) CommandEnd(context.Context, cluster.CommandEnd) {}
