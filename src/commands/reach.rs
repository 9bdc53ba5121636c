//! How AWS is reached, as every command says it that does so.

use std::time::Duration;

use anyhow::bail;

use crate::cloud::{Cloud, Identity, Options, Trouble};
use crate::plan::Wanted;

/// How AWS is reached
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Reach {
    /// The profile of the shared configuration files
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The region, which must be the blueprint's
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// One endpoint for all services, such as that of an AWS in a test
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// Milliseconds between two looks at what is under way
    #[arg(long, value_name = "N", default_value_t = 3_000, hide = true)]
    poll_ms: u64,
}

impl Reach {
    fn options(&self, region: Option<String>) -> Options {
        Options {
            profile: self.profile.clone(),
            region,
            endpoint_url: self.endpoint_url.clone(),
            poll: Duration::from_millis(self.poll_ms),
        }
    }

    /// Returns the flags that lead another command to the same place.
    pub(super) fn flags(&self) -> String {
        let flag = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!(" --{name} {value}")).unwrap_or_default()
        };
        flag("profile", &self.profile)
            + &flag("region", &self.region)
            + &flag("endpoint-url", &self.endpoint_url)
    }

    /// Reaches the account and region in which an environment stands, and no other.
    pub(super) async fn connect(&self, wanted: &Wanted) -> anyhow::Result<(Cloud, Identity)> {
        let cloud = match Cloud::connect(&self.options(self.region.clone())).await {
            Err(Trouble::NoRegion) => {
                Cloud::connect(&self.options(Some(wanted.region.clone()))).await
            }
            reached => reached,
        };
        let cloud = cloud.map_err(|trouble| told(&trouble))?;
        let (env, region) = (&wanted.environment, &wanted.region);
        if cloud.region() != region {
            bail!(
                "`{env}` stands in {region}, and the region here is {}\nhelp: give `--region {region}`, or another `--env`",
                cloud.region()
            );
        }
        let identity = cloud.identity().await.map_err(|trouble| told(&trouble))?;
        if identity.account != wanted.account {
            bail!(
                "`{env}` stands in the account {}, and these credentials are of {}\nhelp: use credentials of {}, or another `--env`",
                wanted.account,
                identity.account,
                wanted.account
            );
        }
        Ok((cloud, identity))
    }
}

/// Returns a trouble with what to do next.
pub(super) fn told(trouble: &Trouble) -> anyhow::Error {
    let help = trouble.help();
    anyhow::anyhow!("{trouble}\nhelp: {help}")
}
