package driver

import (
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// Options are the options of one call of Exec or Query, by the names that WITH (...) and SET have
// for them. Pass them as an argument, which does not count as one of the statement's:
//
//	db.Exec("UPDATE users SET age = ? WHERE PK = ?", 37, "ada", driver.Options{"ttl": "1h", "generation": 3})
//
// The order of precedence is WITH (...), Options, SET, the data source name. An unknown name or an
// invalid value is an error of kind querylang.ErrUnknownName or querylang.ErrArguments. Options
// can't be used with several statements in one text.
type Options map[string]any

// give keeps the options for the statement whose arguments are being converted.
func (c *Conn) give(o Options) error {
	if c.given != nil {
		c.given = nil
		return &querylang.Error{Kind: querylang.ErrArguments, Message: "Options are given twice"}
	}
	converted := make(Options, len(o))
	for _, name := range slices.Sorted(maps.Keys(o)) {
		v, err := valueOf(o[name])
		if err != nil {
			return fmt.Errorf("option %s: %w", name, err)
		}
		converted[name] = v
	}
	c.given = converted
	return driver.ErrRemoveArgument
}

// notSeveral returns an error if Options are given for several statements.
func (c *Conn) notSeveral() error {
	if c.given == nil {
		return nil
	}
	return &querylang.Error{Kind: querylang.ErrArguments, Message: "Options can't be used with several statements"}
}

// values returns the options of a Conn's statement, which have been converted.
func (o Options) values() map[string]protocol.Value {
	values := make(map[string]protocol.Value, len(o))
	for name, v := range o {
		values[name] = v.(protocol.Value)
	}
	return values
}
