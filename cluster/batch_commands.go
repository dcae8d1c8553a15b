package cluster

import (
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// batchCommands are the commands of a batch.
type batchCommands struct {
	n       int
	command rowCommander
	// keys are those of the rows if they are in one set and the commands differ in nothing else;
	// otherwise it is nil.
	keys []protocol.Key
	// earlier are results whose memory is used again, nil if there are none.
	earlier []BatchResult
}

// A rowCommander sets the command of the i-th row of a batch.
type rowCommander func(p *BatchPolicy, i int, cmd *wire.Command) error

// setCommands sets the commands and the keys of all rows. Rows share one command if they differ
// only in their keys and do not send them.
func (b *batchRun) setCommands(from batchCommands) error {
	if from.keys != nil {
		cmd := &b.shared
		if err := from.command(b.policy, 0, cmd); err != nil {
			return err
		}
		if !cmd.SendKey {
			for i := range b.rows {
				b.setCommand(i, cmd, &from.keys[i])
			}
			return nil
		}
	}
	b.commands = b.client.batchRows.takeCommands(from.n)
	for i := range b.rows {
		cmd := &b.commands[i]
		if err := from.command(b.policy, i, cmd); err != nil {
			return err
		}
		b.setCommand(i, cmd, &cmd.Key)
	}
	return nil
}

// setCommand sets the command and the key of a row.
func (b *batchRun) setCommand(i int, cmd *wire.Command, key *protocol.Key) {
	row := &b.rows[i]
	row.cmd, row.spare = cmd, b.results[i].Record
	b.results[i] = BatchResult{Key: *key}
}

// command returns the command of a row, with the row's key.
func (b *batchRun) command(i int) wire.Command {
	cmd := *b.rows[i].cmd
	cmd.Key = b.results[i].Key
	return cmd
}

// prepare checks the commands of all rows. It returns the rows that can be sent, and sets the
// errors of the others.
func (b *batchRun) prepare() (open []int) {
	open = make([]int, 0, len(b.rows))
	var checked *wire.Command
	var err error // of checked
	for i := range b.rows {
		row := &b.rows[i]
		row.state = retry.State{Write: row.cmd.IsWrite(), MaxRetries: b.limits.retries}
		if row.state.Write {
			row.state.MaxRetries = max(b.policy.MaxRetries, defaultWriteRetries)
		}
		if row.cmd != checked {
			checked, err = row.cmd, row.cmd.Check()
		}
		if err != nil {
			b.results[i].Err = b.client.aboutKey(clientError(err), b.name, &b.results[i].Key)
			continue
		}
		open = append(open, i)
	}
	return open
}
