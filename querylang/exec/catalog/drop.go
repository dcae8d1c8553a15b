package catalog

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/querylang/ast"
)

// dropTables runs DROP TABLE. Nothing is dropped if one of the tables does not exist.
func (d *definition) dropTables(s *ast.DropTable) error {
	names, tables := make([]setName, len(s.Tables)), make([]*declaration, len(s.Tables))
	for i, t := range s.Tables {
		n, err := d.name(t)
		if err != nil {
			return err
		}
		if tables[i], err = d.find(n, false, s.IfExists); err != nil {
			return err
		}
		names[i] = n
	}
	for i, n := range names {
		if tables[i] == nil {
			continue
		}
		if err := d.dropTable(n, tables[i]); err != nil {
			return err
		}
	}
	return nil
}

// dropTable drops the indexes of a table, its records and then its declaration: as long as there is
// something left, the table can be dropped again.
func (d *definition) dropTable(n setName, known *declaration) error {
	if err := d.dropIndexesOf(n); err != nil {
		return err
	}
	if err := d.client.Truncate(d.ctx, &d.options.Policies.Info, n.namespace, n.set, time.Time{}); err != nil {
		return err
	}
	if err := d.awaitEmpty(n); err != nil {
		return err
	}
	return d.removeDeclaration(n, known)
}

// The bounds of the wait for a truncated set.
const (
	emptyPause = 2 * time.Millisecond // doubled each time
	emptyWait  = time.Second
)

// awaitEmpty waits until all nodes have removed the records of a set. Another client may write new
// records meanwhile, so it does not wait for long.
func (d *definition) awaitEmpty(n setName) error {
	deadline := time.Now().Add(emptyWait)
	for pause := emptyPause; ; pause *= 2 {
		records, err := d.records(n)
		if err != nil || records == 0 || time.Now().After(deadline) {
			return err
		}
		if err := sleep(d.ctx, pause); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// records returns the number of records of a set, including replicas.
func (d *definition) records(n setName) (int64, error) {
	command := "sets/" + n.namespace + "/" + n.set
	answers, err := d.client.InfoAll(d.ctx, &d.options.Policies.Info, command)
	if err != nil {
		return 0, err
	}
	var records int64
	for _, answer := range answers {
		if answer.Err != nil {
			return 0, answer.Err
		}
		for field := range strings.FieldsFuncSeq(answer.Values[command], func(r rune) bool { return r == ':' || r == ';' }) {
			if value, ok := strings.CutPrefix(field, "objects="); ok {
				count, err := strconv.ParseInt(value, 10, 64)
				if err != nil {
					return 0, err
				}
				records += count
			}
		}
	}
	return records, nil
}
