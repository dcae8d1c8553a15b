package info

import (
	"context"
	"time"
)

// Limits of the pause between two polls. The first pause is short because most work ends soon.
const (
	minPause = 2 * time.Millisecond
	maxPause = 500 * time.Millisecond
)

// Await calls done until it returns true or an error. Between calls it pauses by calling wait. The
// pauses grow.
func Await(ctx context.Context, wait func(context.Context, time.Duration) error, done func(context.Context) (bool, error)) error {
	for pause := minPause; ; pause = min(2*pause, maxPause) {
		ok, err := done(ctx)
		if ok || err != nil {
			return err
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}
