//! Collections between brackets and braces.

use super::{Event, Found, Parser, Place, State, found, parser_error};
use crate::yaml::{Error, token::Kind};

impl<'a> Parser<'a> {
    /// Takes the comma before an entry that is not the first.
    fn flow_comma(&mut self, refusal: Option<&str>) -> Result<(), Error> {
        let Some(refusal) = refusal else { return Ok(()) };
        let token = self.scanner.peek()?;
        match token.kind {
            Kind::FlowEntry => {
                self.scanner.take();
                Ok(())
            }
            _ => Err(parser_error(refusal, token.mark)),
        }
    }

    pub(super) fn flow_entry(&mut self, refusal: Option<&str>) -> Result<Found<'a>, Error> {
        if !matches!(self.scanner.peek()?.kind, Kind::FlowSequenceEnd) {
            self.flow_comma(refusal)?;
        }
        let token = self.scanner.peek()?;
        let mark = token.mark;
        match token.kind {
            Kind::FlowSequenceEnd => Ok(self.end(mark)),
            Kind::Key => {
                self.scanner.take();
                self.state = State::FlowPairKey;
                Ok(found(Event::MappingStart, mark))
            }
            _ => self.node_then(Place::Flow, State::FlowEntry),
        }
    }

    pub(super) fn flow_pair_key(&mut self) -> Result<Found<'a>, Error> {
        let token = self.scanner.peek()?;
        let mark = token.mark;
        match token.kind {
            Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd => {
                // go-yaml drops the token; what follows is read as if it had not stood there.
                self.scanner.take();
                Ok(self.empty_then(mark, State::FlowPairValue))
            }
            _ => self.node_then(Place::Flow, State::FlowPairValue),
        }
    }

    pub(super) fn flow_pair_value(&mut self) -> Result<Found<'a>, Error> {
        let mut token = self.scanner.peek()?;
        if matches!(token.kind, Kind::Value) {
            self.scanner.take();
            token = self.scanner.peek()?;
            if !matches!(token.kind, Kind::FlowEntry | Kind::FlowSequenceEnd) {
                return self.node_then(Place::Flow, State::FlowPairEnd);
            }
        }
        let mark = token.mark;
        Ok(self.empty_then(mark, State::FlowPairEnd))
    }

    pub(super) fn flow_key(&mut self, refusal: Option<&str>) -> Result<Found<'a>, Error> {
        if !matches!(self.scanner.peek()?.kind, Kind::FlowMappingEnd) {
            self.flow_comma(refusal)?;
        }
        let token = self.scanner.peek()?;
        let mark = token.mark;
        match token.kind {
            Kind::FlowMappingEnd => Ok(self.end(mark)),
            Kind::Key => {
                self.scanner.take();
                let token = self.scanner.peek()?;
                let mark = token.mark;
                match token.kind {
                    Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd => {
                        Ok(self.empty_then(mark, State::FlowValue))
                    }
                    _ => self.node_then(Place::Flow, State::FlowValue),
                }
            }
            _ => self.node_then(Place::Flow, State::FlowNoValue),
        }
    }

    pub(super) fn flow_value(&mut self) -> Result<Found<'a>, Error> {
        let mut token = self.scanner.peek()?;
        if matches!(token.kind, Kind::Value) {
            self.scanner.take();
            token = self.scanner.peek()?;
            if !matches!(token.kind, Kind::FlowEntry | Kind::FlowMappingEnd) {
                return self.node_then(Place::Flow, State::FlowKey);
            }
        }
        let mark = token.mark;
        Ok(self.empty_then(mark, State::FlowKey))
    }
}
