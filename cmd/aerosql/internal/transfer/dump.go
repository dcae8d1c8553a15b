package transfer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/internal/recordfile"
	"github.com/aerosql/aerosql/protocol"
)

// DumpOptions are the options of Dump.
type DumpOptions struct {
	Format    recordfile.Format
	Namespace string
	// Set is the set to write; "" means the whole namespace, which CSV can't have.
	Set string
	// Rate limits the records per second that each node reads; 0 means no limit.
	Rate int
	// NoGlobals leaves out the indexes and modules of a backup.
	NoGlobals bool
	// From is the partition to begin with. With another than 0 no head is written.
	From int
	// Header is the header of the CSV file that is continued, if From is not 0.
	Header []string
	// Refused is called for each record that has no form in the format.
	Refused func(key, reason string) error
	// Done is called after each range of partitions, when all of it is written. Partitions before
	// next are complete; bytes is the length of what was written.
	Done func(next int, bytes, records int64) error
	// Head is called with the header of a CSV file before it is written.
	Head     func(header []string)
	Warn     func(text string)
	Progress func(records int)
}

// DumpCounts are the numbers of records of a dump.
type DumpCounts struct{ Written, Refused, Bytes int64 }

// partitionStep is the number of partitions that are read at the same time. After them the dump can
// be resumed.
const partitionStep = 64

// A dumper writes one file.
type dumper struct {
	client  *cluster.Client
	o       DumpOptions
	out     *bufio.Writer
	columns recordfile.Columns
	counts  DumpCounts
	buffer  []byte
	rows    bytes.Buffer
	csv     *csv.Writer
	now     func() time.Time
}

// Dump writes the records of a set or a namespace. Records that are written meanwhile may be in the
// file or not; each other record is in it once. A CSV file needs two passes: the first finds the
// columns and their types.
func Dump(ctx context.Context, client *cluster.Client, out io.Writer, o DumpOptions) (DumpCounts, error) {
	d := &dumper{client: client, o: o, out: bufio.NewWriterSize(out, 1<<18), now: time.Now}
	d.csv = csv.NewWriter(&d.rows)
	if err := d.head(ctx); err != nil {
		return d.counts, err
	}
	for next := o.From; next < protocol.PartitionCount; {
		count := min(partitionStep, protocol.PartitionCount-next)
		if err := d.partitions(ctx, next, count); err != nil {
			return d.counts, err
		}
		next += count
		if err := d.out.Flush(); err != nil {
			return d.counts, d.failed(err)
		}
		if o.Done != nil {
			if err := o.Done(next, d.counts.Bytes, d.counts.Written); err != nil {
				return d.counts, err
			}
		}
	}
	return d.counts, nil
}

// failed returns the error of a write to the file.
func (d *dumper) failed(err error) error {
	return fmt.Errorf("writing failed after %s and %s: %w", plural(d.counts.Written, "record"), plural(d.counts.Bytes, "byte"), err)
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// head writes what comes before the records.
func (d *dumper) head(ctx context.Context) error {
	switch d.o.Format {
	case recordfile.Backup:
		if d.o.From > 0 {
			return nil
		}
		head := recordfile.AppendBackupHeader(nil, d.o.Namespace)
		if !d.o.NoGlobals {
			var warnings []string
			var err error
			if head, warnings, err = appendGlobals(ctx, d.client, head, d.o.Namespace, d.o.Set); err != nil {
				return err
			}
			for _, text := range warnings {
				d.o.Warn(text)
			}
		}
		return d.write(head)
	case recordfile.CSV:
		return d.csvHead(ctx)
	}
	return nil
}

// csvHead finds the columns and writes the header.
func (d *dumper) csvHead(ctx context.Context) error {
	if d.o.From > 0 {
		return d.columns.Parse(d.o.Header)
	}
	for rec, err := range d.client.Query(ctx, d.policy(), cluster.Statement{Namespace: d.o.Namespace, Set: d.o.Set}) {
		if err != nil && !isRecordError(err) {
			return err
		}
		if err == nil {
			d.columns.Add(rec)
		}
	}
	header := d.columns.Header()
	if d.o.Head != nil {
		d.o.Head(header)
	}
	return d.writeRow(header)
}

func isRecordError(err error) bool {
	_, is := errors.AsType[*cluster.RecordError](err)
	return is
}

func (d *dumper) policy() *cluster.QueryPolicy {
	return &cluster.QueryPolicy{RecordsPerSecond: d.o.Rate}
}

// partitions writes the records of some partitions.
func (d *dumper) partitions(ctx context.Context, begin, count int) error {
	stmt := cluster.Statement{Namespace: d.o.Namespace, Set: d.o.Set, Partitions: cluster.PartitionRange(begin, count)}
	for rec, err := range d.client.Query(ctx, d.policy(), stmt) {
		switch {
		case isRecordError(err):
			err = d.refuse(rec, err)
		case err == nil:
			err = d.record(rec)
		}
		if err != nil {
			return err
		}
		d.o.Progress(1)
	}
	return nil
}

// refuse reports a record that is not written.
func (d *dumper) refuse(rec *protocol.Record, reason error) error {
	d.counts.Refused++
	return d.o.Refused(rec.Key.String(), reason.Error())
}

// record writes a record.
func (d *dumper) record(rec *protocol.Record) (err error) {
	if len(rec.Bins) == 0 {
		return nil
	}
	ttl := int64(-1)
	if rec.VoidTime != 0 {
		ttl = int64(rec.TTL(d.now()) / time.Second)
	}
	switch d.o.Format {
	case recordfile.CSV:
		var row []string
		if row, err = d.columns.Row(rec, ttl); err == nil {
			err = d.writeRow(row)
		}
	case recordfile.Backup:
		if d.buffer, err = recordfile.AppendBackup(d.buffer[:0], rec); err == nil {
			err = d.write(d.buffer)
		}
	default:
		if d.buffer, err = recordfile.AppendJSON(d.buffer[:0], rec, ttl); err == nil {
			err = d.write(d.buffer)
		}
	}
	if errors.Is(err, recordfile.ErrNoForm) {
		return d.refuse(rec, err)
	}
	if err == nil {
		d.counts.Written++
	}
	return err
}

func (d *dumper) writeRow(row []string) error {
	d.rows.Reset()
	if err := d.csv.Write(row); err != nil {
		return err
	}
	d.csv.Flush()
	return d.write(d.rows.Bytes())
}

func (d *dumper) write(p []byte) error {
	n, err := d.out.Write(p)
	d.counts.Bytes += int64(n)
	if err != nil {
		return d.failed(err)
	}
	return nil
}
