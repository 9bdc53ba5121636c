//! AWS reached: credentials, region, endpoints, retries and errors in one place; the modules above say what to ask.

mod call;
mod date;
mod pace;
mod reads;
mod trouble;

use std::future::Future;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

pub use call::{Call, encoded};
pub use date::Date;
pub use pace::Pace;
pub use reads::{code_hash, ensure_database, is_enabled, prefix_list, running, unconfirmed};
pub use trouble::Trouble;

/// How AWS is reached, as the command line says it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The profile of the shared configuration files.
    pub profile: Option<String>,
    /// The region; else that of the environment or the profile.
    pub region: Option<String>,
    /// One endpoint for all services, for AWS in a test.
    pub endpoint_url: Option<String>,
    /// The time between two looks at something that is under way; it also bounds the wait before a request is sent again.
    pub poll: Duration,
}

/// Who asks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// The account.
    pub account: String,
    /// The ARN of the role or user.
    pub arn: String,
}

/// Clients of the services, made once a command.
#[derive(Clone, Debug)]
pub struct Cloud {
    config: SdkConfig,
    cloudformation: aws_sdk_cloudformation::Client,
    s3: aws_sdk_s3::Client,
    pace: Pace,
    region: String,
}

/// Attempts of one request, the first among them.
const ATTEMPTS: u32 = 6;
/// A request without an answer for this long is sent again.
const ATTEMPT_SECONDS: u64 = 60;
const CONNECT_SECONDS: u64 = 10;

impl Cloud {
    /// Finds credentials and region as the AWS CLI does; nothing is asked of AWS but what credentials take.
    ///
    /// # Errors
    /// No region is known.
    pub async fn connect(options: &Options) -> Result<Self, Trouble> {
        Self::of(config(options).await, options)
    }

    /// Reaches a server of a test.
    #[cfg(test)]
    pub(crate) async fn at(url: &str) -> Self {
        use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
        let options = Options {
            profile: None,
            region: Some("us-east-1".to_owned()),
            endpoint_url: Some(url.to_owned()),
            poll: Duration::from_millis(1),
        };
        let own = Credentials::new("id", "key", None, None, "test");
        let own = SharedCredentialsProvider::new(own);
        let config = config(&options).await.into_builder().credentials_provider(own).build();
        Self::of(config, &options).unwrap()
    }

    fn of(config: SdkConfig, options: &Options) -> Result<Self, Trouble> {
        let region = config.region().map(ToString::to_string).ok_or(Trouble::NoRegion)?;
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(options.endpoint_url.is_some())
            .build();
        Ok(Self {
            cloudformation: aws_sdk_cloudformation::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            pace: Pace::new(options.poll),
            region,
            config,
        })
    }

    /// Returns the client of CloudFormation.
    pub fn cloudformation(&self) -> &aws_sdk_cloudformation::Client {
        &self.cloudformation
    }

    /// Returns the client of S3.
    pub fn s3(&self) -> &aws_sdk_s3::Client {
        &self.s3
    }

    /// Returns the region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Waits until one more Describe or List may be sent: all stacks share one account's rate.
    pub async fn describing(&self) {
        self.pace.one().await;
    }

    /// Waits for the next look at something that is under way; `seed` spreads those who wait at the same time.
    pub async fn pause(&self, seed: &str, turn: u32) {
        tokio::time::sleep(self.pace.pause(seed, turn)).await;
    }

    /// Asks who the credentials belong to (`GetCallerIdentity`).
    ///
    /// # Errors
    /// Credentials that are missing, expired or unknown.
    pub async fn identity(&self) -> Result<Identity, Trouble> {
        let answer = aws_sdk_sts::Client::new(&self.config).get_caller_identity().send().await?;
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Ok(Identity { account: text(answer.account()), arn: text(answer.arn()) })
    }
}

async fn config(options: &Options) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let longest = options.poll.max(Duration::from_millis(1)) * 4;
    let retries = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(longest.min(Duration::from_secs(1)))
        .with_max_backoff(longest);
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
        .operation_attempt_timeout(Duration::from_secs(ATTEMPT_SECONDS))
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .retry_config(retries)
        .timeout_config(timeouts);
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    loader.load().await
}

/// Runs `future` to its end; the runtime is made here, so that commands that do not need AWS make none.
///
/// # Panics
/// When the system gives no thread or timer to the runtime.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("the system gives timers and sockets").block_on(future)
}
