package web

import "selvhjelp/pkg/registration"

// CourseFacts are the facts about the course of one instrument.
type CourseFacts struct {
	Count    int        `json:"count"`
	First    PointFacts `json:"first"`
	Previous PointFacts `json:"previous"`
	Last     PointFacts `json:"last"`
}

// PointFacts are what a summary keeps of a mapping.
type PointFacts struct {
	Score     int    `json:"score"`
	Band      string `json:"band"`
	Risk      bool   `json:"risk,omitempty"`
	At        string `json:"at"` // RFC 3339
	Corrected string `json:"corrected,omitempty"`

	Scales     map[string]int    `json:"scales,omitempty"`
	ScaleBands map[string]string `json:"scale_bands,omitempty"`
	NoTotal    bool              `json:"no_total,omitempty"`
	Version    string            `json:"version,omitempty"` // of the tool
}

func courseFacts(c registration.Course) CourseFacts {
	return CourseFacts{c.Count, pointFacts(c.First), pointFacts(c.Previous), pointFacts(c.Last)}
}

func pointFacts(p registration.Point) PointFacts {
	return PointFacts{p.Score, p.Band, p.Risk, stamp(p.At), stamp(p.Corrected), p.Scales, p.ScaleBands, p.NoTotal, p.Version}
}
