package driver

import (
	"cmp"

	"github.com/aerosql/aerosql/cluster"
)

// applyTLS adds the fields about TLS to a cluster.Config. It reads the files.
func (c *Config) applyTLS(base *cluster.Config) error {
	if !c.TLS {
		return nil
	}
	var err error
	if base.TLS, err = cluster.LoadTLS(c.TLSFiles); err != nil {
		return err
	}
	base.TLSName = c.TLSName
	base.TLS.InsecureSkipVerify = c.TLSTrustAnyServer
	return nil
}

// apply adds the other fields to a cluster.Config, which is that of the in-process cluster or
// empty.
func (c *Config) apply(base cluster.Config) cluster.Config {
	if len(c.Seeds) > 0 {
		base.Seeds = c.Seeds
	}
	if c.Dial != nil {
		base.Dial = c.Dial
	}
	base.User, base.AuthMode = c.User, c.AuthMode
	base.ClusterName = cmp.Or(c.ClusterName, base.ClusterName)
	base.AppID = cmp.Or(c.AppID, base.AppID)
	base.Logger = cmp.Or(c.Logger, base.Logger)
	base.UseAlternateAddresses = c.AlternateAddresses || base.UseAlternateAddresses
	base.OpenUnconnected = c.OpenUnconnected || base.OpenUnconnected
	base.Metrics = c.Metrics || base.Metrics
	base.Observer = cmp.Or(c.Observer, base.Observer)
	if c.LookupHost != nil {
		base.LookupHost = c.LookupHost
	}
	if c.IPMap != nil {
		base.IPMap = c.IPMap
	}
	if c.NoCoalesce {
		base.Coalesce = cluster.CoalesceOff
	}
	base.ConnectTimeout = cmp.Or(c.ConnectTimeout, base.ConnectTimeout)
	base.LoginTimeout = cmp.Or(c.LoginTimeout, base.LoginTimeout)
	base.TendInterval = cmp.Or(c.TendInterval, base.TendInterval)
	base.IdleTimeout = cmp.Or(c.IdleTimeout, base.IdleTimeout)
	base.MaxConnsPerNode = cmp.Or(c.MaxConns, base.MaxConnsPerNode)
	base.MinConnsPerNode = cmp.Or(c.MinConns, base.MinConnsPerNode)
	base.MaxQueuePerNode = cmp.Or(c.MaxQueue, base.MaxQueuePerNode)
	base.MaxErrorRate = cmp.Or(c.MaxErrorRate, base.MaxErrorRate)
	base.ErrorRateWindow = cmp.Or(c.ErrorRateWindow, base.ErrorRateWindow)
	base.RetryPercent = cmp.Or(c.RetryPercent, base.RetryPercent)
	base.RetryReserve = cmp.Or(c.RetryReserve, base.RetryReserve)
	if len(c.Racks) > 0 {
		base.RackIDs = c.Racks
	}
	base.Policies = c.policies()
	return base
}

// policies returns the policies of the commands that statements send.
func (c *Config) policies() cluster.Policies {
	return cluster.Policies{
		Read: cluster.ReadPolicy{
			TotalTimeout: c.Timeout, SocketTimeout: c.SocketTimeout, MaxRetries: c.MaxRetries, Replica: c.Replica,
			SleepBetweenRetries: c.RetryPause, SleepMultiplier: c.RetryPauseFactor, TimeoutDelay: c.TimeoutDelay,
			ReadModeAP: c.ReadModeAP, ReadModeSC: c.ReadModeSC, Compress: c.Compress, CompressThreshold: c.CompressThreshold,
		},
		Write: cluster.WritePolicy{
			TotalTimeout: c.Timeout, SocketTimeout: c.SocketTimeout, SendKey: !c.NoSendKey, TTL: c.TTL,
			DurableDelete: c.DurableDelete, CommitLevel: c.CommitLevel, TimeoutDelay: c.TimeoutDelay,
			Compress: c.Compress, CompressThreshold: c.CompressThreshold,
		},
		Batch: cluster.BatchPolicy{
			TotalTimeout: c.Timeout, SocketTimeout: c.SocketTimeout, Replica: c.Replica, SendKey: !c.NoSendKey,
			SleepBetweenRetries: c.RetryPause, SleepMultiplier: c.RetryPauseFactor,
			ReadModeAP: c.ReadModeAP, ReadModeSC: c.ReadModeSC, Compress: c.Compress, CompressThreshold: c.CompressThreshold,
		},
		Query: cluster.QueryPolicy{
			SocketTimeout: c.SocketTimeout, MaxRetries: c.MaxRetries, Replica: c.Replica, RecordsPerSecond: c.RecordsPerSecond,
			SleepBetweenRetries: c.RetryPause, SleepMultiplier: c.RetryPauseFactor, Compress: c.Compress, CompressThreshold: c.CompressThreshold,
		},
		Info: cluster.InfoPolicy{Timeout: c.Timeout},
		Background: cluster.BackgroundPolicy{
			Timeout: c.Timeout, RecordsPerSecond: c.RecordsPerSecond, TTL: c.TTL, DurableDelete: c.DurableDelete,
		},
	}
}
