using BTCPayServer.Abstractions.Contracts;
using BTCPayServer.Abstractions.Models;
using BTCPayServer.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace BTCPayServer.Plugins.UtxoracleLive
{
    /// <summary>Adds UTXOracle Live to the rate sources that a store can choose.</summary>
    public class UtxoracleLivePlugin : BaseBTCPayServerPlugin
    {
        public override string Identifier
        {
            get { return "BTCPayServer.Plugins.UtxoracleLive"; }
        }

        public override string Name
        {
            get { return "UTXOracle Live"; }
        }

        public override string Description
        {
            get { return "The price of bitcoin from your own node as a rate source."; }
        }

        public override void Execute(IServiceCollection services)
        {
            services.AddRateProvider<UtxoracleLiveRateProvider>();
        }
    }
}
