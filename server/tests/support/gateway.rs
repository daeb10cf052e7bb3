//! A minimal HTTP/1.1 client over a socket, for the programs that the tests start.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use tokio::net::TcpStream;

/// The longest wait for a response.
const RESPONSE_TIMEOUT: Duration = Duration::from_mins(1);

/// A router that forwards every request to the server at `address`, each over a new connection. Like a gateway it answers
/// 502 to an incomplete response, and 504 if none comes in time.
pub fn gateway(address: SocketAddr) -> Router {
    Router::new().fallback(async move |mut request: Request| {
        let close = HeaderValue::from_static("close");
        request.headers_mut().insert(header::CONNECTION, close);
        let answer = async { Connection::open(address).await?.ask(request).await };
        match tokio::time::timeout(RESPONSE_TIMEOUT, answer).await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => StatusCode::BAD_GATEWAY.into_response(),
            Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        }
    })
}

pub struct Connection {
    stream: TcpStream,
    /// Bytes that have arrived and are not parsed yet.
    arrived: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        let arrived = Vec::new();
        Ok(Self { stream, arrived })
    }

    /// Sends one request and reads its response. A truncated response is an error.
    pub async fn ask(&mut self, request: Request) -> io::Result<Response> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut lines = vec![format!("{} {path} HTTP/1.1", parts.method)];
        if !parts.headers.contains_key("host") {
            lines.push("Host: app.test".into());
        }
        for (name, value) in &parts.headers {
            let value = value.to_str().map_err(io::Error::other)?;
            lines.push(format!("{name}: {value}"));
        }
        lines.push(format!("Content-Length: {}\r\n\r\n", body.len()));
        self.write([lines.join("\r\n").as_bytes(), &body].concat())
            .await?;
        self.read_answer().await
    }

    async fn write(&self, bytes: Vec<u8>) -> io::Result<()> {
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn read_answer(&mut self) -> io::Result<Response> {
        let head = self.read_past(b"\r\n\r\n").await?;
        let head = String::from_utf8(head).map_err(io::Error::other)?;
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let status = status.and_then(|status| StatusCode::from_bytes(status.as_bytes()).ok());
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status.ok_or(io::ErrorKind::InvalidData)?;
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            let name = HeaderName::try_from(name).map_err(io::Error::other)?;
            let value = HeaderValue::try_from(value).map_err(io::Error::other)?;
            response.headers_mut().append(name, value);
        }
        let headers = response.headers();
        let length = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse().ok());
        let body = match length {
            Some(length) => self.read(length).await?,
            None if headers.contains_key(header::TRANSFER_ENCODING) => self.read_chunks().await?,
            None => return Err(io::ErrorKind::InvalidData.into()),
        };
        *response.body_mut() = Body::from(body);
        Ok(response)
    }

    async fn read_chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let length = String::from_utf8(self.read_past(b"\r\n").await?);
            let length = length.map_err(io::Error::other)?;
            let length = usize::from_str_radix(length.trim_end(), 16).map_err(io::Error::other)?;
            let mut chunk = self.read(length + 2).await?;
            chunk.truncate(length);
            if chunk.is_empty() {
                return Ok(body);
            }
            body.extend(chunk);
        }
    }

    /// Reads up to and including the first `end`.
    async fn read_past(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        loop {
            let found = self
                .arrived
                .windows(end.len())
                .position(|bytes| bytes == end);
            if let Some(at) = found {
                return self.read(at + end.len()).await;
            }
            self.receive().await?;
        }
    }

    async fn read(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.arrived.len() < length {
            self.receive().await?;
        }
        let rest = self.arrived.split_off(length);
        Ok(std::mem::replace(&mut self.arrived, rest))
    }

    async fn receive(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        loop {
            self.stream.readable().await?;
            match self.stream.try_read(&mut buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => {
                    self.arrived.extend_from_slice(&buffer[..length]);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}
